"""What is being sent now, on every page, with the button that stops all of it."""

import streamlit as st

from mms.campaigns.controls import cancel_everything, pause_everything
from mms.campaigns.records import ACTIVE, Campaign, campaigns_in
from mms.delivery.queue.watchfulness import clock_ahead
from mms.roles import Permission
from mms.states import CampaignState
from mms.twilio_client import clock_warning
from mms.words import CAMPAIGN_WORDS
from pages.components import places
from pages.components.colours import BADGES
from pages.components.keys import STOP_EVERYTHING
from pages.components.notices import deed, tell
from pages.components.reader import counted
from pages.components.safe import plain, shortened
from pages.components.wiring import heartbeat, person, services

STOP_SHORTCUT = "Ctrl+Alt+X"
_NAMED_FIRST = (CampaignState.RUNNING, CampaignState.WAITING, CampaignState.SCHEDULED)
_OURS = (
    "It is ended and started again by itself, within a minute. If this stays for five minutes, restart the computer."
)
_SERVICE = "If this stays for five minutes, its service has to be restarted: `systemctl restart mms-worker`."
_LOOK_EVERY = 4  # seconds; a campaign started in another tab shows up by then


def going_on() -> None:
    """The strip of running campaigns; nothing while nothing runs."""
    if st.session_state.get(STOP_EVERYTHING):
        _confirm_stop()
    _strip()


@st.fragment(run_every=_LOOK_EVERY)
def _strip() -> None:
    if heartbeat().is_silent:
        _nobody_at_work()
    active = _active()
    if not active:
        return
    _clock()
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="going_on"):
        first = active[0]
        others = f" and {counted(len(active) - 1, 'more campaign')}" if len(active) > 1 else ""
        with st.container(width="stretch", horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(CAMPAIGN_WORDS[first.state].label, icon=":material/send:", color=BADGES[first.state])  # type: ignore[arg-type]
            st.page_link(
                places.CAMPAIGN, label=plain(shortened(first.name)) + others, query_params={"id": str(first.id)}
            )
        if st.button(
            "Stop everything",
            icon=":material/front_hand:",
            type="primary",
            key="panic",
            shortcut=STOP_SHORTCUT,
            help="Asks first. Pauses or cancels all campaigns at once.",
        ):
            st.session_state[STOP_EVERYTHING] = True
            st.rerun()


def _nobody_at_work() -> None:
    """Also while nothing runs: messages of a campaign that was paused or cancelled may be in doubt."""
    whose = _SERVICE if services().settings.worker_is_service else _OURS
    st.error(
        f"**The worker does not answer.** Messages wait, and nothing is being sent. {whose} "
        "Nobody gets a message twice because of it.",
        icon=":material/heart_broken:",
    )


def _clock() -> None:
    """A clock that is off, while messages wait."""
    shared = services()
    with shared.ledger.read() as connection:
        warning = clock_warning(clock_ahead(connection, shared.account.account_sid))
    if warning:
        st.warning(plain(warning), icon=":material/schedule:")


def _active() -> list[Campaign]:
    """What is being sent now first: a campaign of tomorrow must not hide it, wherever it stands in the queue."""
    shared = services()
    with shared.ledger.read() as connection:
        active = campaigns_in(connection, ACTIVE, shared.mode)
    return sorted(active, key=lambda one: (_NAMED_FIRST.index(one.state), one.start_at or 0.0))


def close() -> None:
    """The dialog is done with."""
    st.session_state.pop(STOP_EVERYTHING, None)


@st.dialog("Stop everything?", icon=":material/front_hand:", on_dismiss=close)
def _confirm_stop() -> None:
    active = _active()
    st.write(f"{counted(len(active), 'campaign')} will stop within a second:")
    for one in active:
        st.text(f"• {one.name}")
    st.write("Messages that Twilio already has cannot be called back.")
    with st.container(horizontal=True):
        clicked = (
            st.button("Pause all", type="primary", key="panic_pause", on_click=_pause_all, icon=":material/pause:"),
            st.button("Cancel all for good", key="panic_cancel", on_click=_cancel_all, icon=":material/cancel:"),
            st.button("Keep sending", type="tertiary", key="panic_keep", on_click=close),
        )
    if any(clicked):
        st.rerun()  # a dialog reruns by itself only; the page has to follow


@deed(Permission.SEND)
def _pause_all() -> None:
    close()
    shared = services()
    stopped = pause_everything(shared.ledger, shared.mode, by=person())
    tell(f"Paused {counted(stopped, 'campaign')}. Resume each on its own page.")


@deed(Permission.SEND)
def _cancel_all() -> None:
    close()
    shared = services()
    stopped = cancel_everything(shared.ledger, shared.mode, by=person())
    tell(f"Cancelled {counted(stopped, 'campaign')}. What had not gone out was taken back.")
