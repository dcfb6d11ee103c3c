"""What is being sent now, on every page, with the button that stops all of it."""

import streamlit as st

from mms.campaigns.controls import cancel_these, pause_everything, resume_these
from mms.campaigns.records import ACTIVE, Campaign, campaign, campaigns_in
from mms.delivery.queue.watchfulness import clock_ahead
from mms.operations.disk import disk_of
from mms.roles import Permission
from mms.states import CampaignState
from mms.twilio_client import clock_warning
from mms.words import CAMPAIGN_WORDS
from pages.components import places
from pages.components.colours import BADGES
from pages.components.keys import JUST_STOPPED, STOP_EVERYTHING
from pages.components.notices import deed, tell
from pages.components.reader import counted, number
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
    if st.session_state.pop(JUST_STOPPED, False):
        st.rerun()  # a fragment reruns by itself only; the question belongs to the page
    if heartbeat().is_silent:
        _nobody_at_work()
    _disk()
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
        st.button(
            "Stop everything",
            icon=":material/front_hand:",
            type="primary",
            key="panic",
            shortcut=STOP_SHORTCUT,
            on_click=_stop,
            help="Pauses all campaigns at once, then asks whether to continue or to cancel them.",
        )


def _nobody_at_work() -> None:
    """Also while nothing runs: messages of a campaign that was paused or cancelled may be in doubt."""
    whose = _SERVICE if services().settings.worker_is_service else _OURS
    st.error(
        f"**Nothing is being sent.** Messages wait, because the part of the app that sends does not answer. {whose} "
        "Nobody gets a message twice because of it.",
        icon=":material/heart_broken:",
    )


def _disk() -> None:
    """Before it is full: then nothing can be written, and so nothing is sent."""
    disk = disk_of(services().settings)
    if disk and disk.warning:
        st.warning(plain(disk.warning), icon=":material/hard_drive:")


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


@deed(Permission.SEND)
def _stop() -> None:
    """First everything stops; the question comes then."""
    shared = services()
    st.session_state[STOP_EVERYTHING] = pause_everything(shared.ledger, shared.mode, by=person())
    st.session_state[JUST_STOPPED] = True


def close() -> None:
    """The dialog is done with; what was paused stays paused."""
    st.session_state.pop(STOP_EVERYTHING, None)


@st.dialog("Everything is stopped", icon=":material/front_hand:", on_dismiss=close)
def _confirm_stop() -> None:
    stopped: list[int] | None = st.session_state.get(STOP_EVERYTHING)
    if stopped is None:
        st.rerun()  # answered: a dialog reruns by itself only, and the page has to follow
    with services().ledger.read() as connection:
        names = [campaign(connection, one).name for one in stopped]
    are = "campaign is" if len(names) == 1 else "campaigns are"
    st.write(f"{number(len(names))} {are} paused. Nobody gets a message from now on:")
    for name in names:
        st.text(f"• {name}")
    st.write("Messages that Twilio already has cannot be called back. How is it to go on?")
    with st.container(horizontal=True):
        for key, label, icon, answer in _ANSWERS:
            st.button(label, key=key, icon=icon, on_click=answer, args=(stopped,))


@deed(Permission.SEND)
def _continue(stopped: list[int]) -> None:
    close()
    shared = services()
    going_on = resume_these(shared.ledger, stopped, by=person())
    shared.start_worker()
    tell(f"{counted(len(going_on), 'campaign goes', 'campaigns go')} on.")


@deed(Permission.SEND)
def _cancel(stopped: list[int]) -> None:
    close()
    gone = cancel_these(services().ledger, stopped, by=person())
    tell(f"Cancelled {counted(len(gone), 'campaign')}. What had not gone out was taken back.")


@deed(Permission.SEND)
def _keep(stopped: list[int]) -> None:
    close()
    tell(f"Paused {counted(len(stopped), 'campaign')}. Resume each on its own page.")


_ANSWERS = (
    ("panic_continue", "Continue sending", ":material/send:", _continue),
    ("panic_cancel", "Cancel all for good", ":material/cancel:", _cancel),
    ("panic_keep", "Leave them paused", ":material/pause:", _keep),
)
