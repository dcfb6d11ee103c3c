"""Pause, resume, cancel, pace and place in the queue: each a click and one short transaction."""

import streamlit as st

from mms.campaigns import controls
from mms.campaigns.records import ACTIVE, Campaign, campaigns_in
from mms.delivery import reconcile
from mms.roles import Permission
from mms.states import CampaignState, Reason, RowState
from pages.campaign_detail import decide
from pages.components.notices import answer_here, deed, tell
from pages.components.reader import counted
from pages.components.safe import plain, shortened
from pages.components.wiring import person, services

_PAUSABLE = ACTIVE
_RESUMABLE = frozenset({CampaignState.PAUSED, CampaignState.STOPPED})
_CANCELABLE = ACTIVE | _RESUMABLE


def draw(current: Campaign, counts: dict[RowState, int]) -> None:
    """The buttons that fit the campaign's state."""
    with st.container(horizontal=True, key="controls"):
        if current.state in _PAUSABLE:
            st.button("Pause", icon=":material/pause:", key="pause", on_click=pause, args=(current.id,))
        if current.state in _RESUMABLE and not _waits_for_a_choice(current):
            st.button(
                "Resume",
                icon=":material/play_arrow:",
                type="primary",
                key="resume",
                on_click=resume,
                args=(current.id,),
            )
        if current.state in _CANCELABLE:
            _cancel(current, counts)
            _pace(current)
        if current.state is CampaignState.SCHEDULED:
            _queue(current)
        if counts[RowState.UNKNOWN]:
            decide.draw(current)
            st.button(
                "Ask Twilio's log again",
                icon=":material/manage_search:",
                key="reconcile",
                on_click=ask_again,
                args=(current.id,),
                help="Looks for the messages of which nobody knows whether they went out.",
            )
    answer_here(__name__)
    answer_here(decide.__name__)


def _waits_for_a_choice(current: Campaign) -> bool:
    """Its versions were tried: the buttons beside them go on."""
    return current.waits_for_a_choice and current.reason_code in (Reason.CANARY, Reason.TEST_UNDECIDED)


def _cancel(current: Campaign, counts: dict[RowState, int]) -> None:
    with st.popover("Cancel", icon=":material/cancel:", key="cancel_ask"):
        left = counts[RowState.READY]
        st.write(f"{counted(left, 'message')} that did not go out yet will be taken back. This cannot be undone.")
        st.button("Cancel this campaign", type="primary", key="cancel", on_click=cancel, args=(current.id,))


def _pace(current: Campaign) -> None:
    with st.popover("Speed", icon=":material/speed:", key="pace_menu"):
        st.number_input(
            "Messages a second",
            min_value=0.0,
            max_value=1000.0,
            value=current.options.rate,
            placeholder=f"{services().rate(current.sender_address):g} for this sender",
            help="0: as fast as possible. Twilio queues what comes faster than it may go out.",
            key="pace_rate",
        )
        st.button("Change the speed", key="pace_change", on_click=change_pace, args=(current.id,))


def _queue(current: Campaign) -> None:
    shared = services()
    with shared.ledger.read() as connection:
        ahead = [
            one
            for one in campaigns_in(connection, frozenset({CampaignState.SCHEDULED}), shared.mode)
            if one.sender_id == current.sender_id and one.queue_position < current.queue_position
        ]
    if ahead:
        st.button(
            f"Send before {plain(shortened(ahead[0].name, 30))}",
            icon=":material/vertical_align_top:",
            key="queue_first",
            on_click=move_before,
            args=(current.id, ahead[0].id),
        )


@deed(Permission.SEND)
def pause(campaign_id: int) -> None:
    """No new message within a second."""
    controls.pause(services().ledger, campaign_id, by=person())
    tell("Paused. Nobody gets a message until you press Resume.")


@deed(Permission.SEND)
def resume(campaign_id: int) -> None:
    """Go on where it stopped."""
    controls.resume(services().ledger, campaign_id, by=person())
    services().start_worker()
    tell("It goes on.")


@deed(Permission.SEND)
def cancel(campaign_id: int) -> None:
    """Take back what has not gone out."""
    controls.cancel(services().ledger, campaign_id, by=person())
    tell("Cancelled. What had not gone out was taken back.")


@deed(Permission.SEND)
def change_pace(campaign_id: int) -> None:
    """Take the typed rate from the next claim on."""
    controls.change_options(services().ledger, campaign_id, by=person(), rate=st.session_state["pace_rate"])
    tell("The speed is changed.")


@deed(Permission.SEND)
def move_before(campaign_id: int, other: int) -> None:
    """Take the place before another campaign of the same sender."""
    controls.move(services().ledger, campaign_id, before=other, by=person())
    tell("It is sent before the other one now.")


@deed(Permission.SEND)
def ask_again(campaign_id: int) -> None:
    """Have Twilio's log asked once more about unknown rows."""
    asked = reconcile(services().ledger, campaign_id, by=person())
    services().start_worker()
    tell(f"Twilio's log is being asked about {counted(asked, 'message')}." if asked else "It is being asked already.")
