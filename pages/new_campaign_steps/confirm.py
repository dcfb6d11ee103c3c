"""The button that sends: carries the number, asks once, and makes one campaign however often it is pressed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mms.campaigns.drafts import decisions
from mms.campaigns.drafts.drafts import Draft, delete_draft
from mms.campaigns.launch.checklist import CheckedDraft, ToDo
from mms.campaigns.launch.submission import ready_recipients
from mms.campaigns.launch.submit import left_out, submit
from mms.roles import Permission
from pages.components import places
from pages.components.keys import SEND_ASKED
from pages.components.notices import deed
from pages.components.reader import counted
from pages.components.safe import plain
from pages.components.wiring import person, services
from pages.new_campaign_steps import first_live_send, timing
from pages.new_campaign_steps.step_bar import step_bar


def recipients_of(draft: CheckedDraft) -> list[str]:
    """Whom the button messages, taken from the very rows that it would launch."""
    without = left_out(draft)
    identity = repr((tuple(draft.findings.by_row), len(without.recent), len(without.dead)))
    return _recipients(draft.checked.identity_hash(identity), _draft=draft)


@st.cache_resource(max_entries=4, ttl=60, show_spinner=False)
def _recipients(identity: str, *, _draft: CheckedDraft) -> list[str]:
    return ready_recipients(_draft.checked, _draft.findings, left_out(_draft))


@dataclass(frozen=True, slots=True)
class Shown:
    """What the question shows of the campaign: itself in one sentence, and its pictures."""

    sentence: str
    pictures: list[bytes | str]


def still_missing(missing: Sequence[ToDo]) -> None:
    """What keeps the button from being pressed."""
    if missing:
        with st.container(border=True, key="missing"):
            st.write("**Before you can send:**")
            for one in missing:
                st.write(f":material/radio_button_unchecked: {plain(one.sentence)}")


def draw(current: Draft, draft: CheckedDraft, count: int, missing: Sequence[ToDo], shown: Shown) -> None:
    """The button, in the bar that is always in view, and the question behind it."""
    label = f"Send {counted(count, 'message')}"
    if decisions.starts_later(current.content):
        label = f"Schedule {counted(count, 'message')}"
    with step_bar(back="compose"):
        if st.button(label, type="primary", key="send", icon=":material/send:", disabled=bool(missing) or not count):
            st.session_state[SEND_ASKED] = current.id
        if missing:
            first, things = missing[0].sentence, counted(len(missing), "thing")
            st.text(first if len(missing) == 1 else f"{things} to do first, see above.")
    if st.session_state.get(SEND_ASKED) == current.id and not missing:
        _ask(current, draft, label, shown)


def _close() -> None:
    st.session_state.pop(SEND_ASKED, None)


@st.dialog("Send it?", icon=":material/send:", on_dismiss=_close)
def _ask(current: Draft, draft: CheckedDraft, label: str, shown: Shown) -> None:
    shared = services()
    st.write(f"**{plain(shown.sentence)}**")
    if shared.settings.is_practice:  # live, `first_live_send` shows them beside what it asks
        _message(current, shown)
    st.write(
        f"“{plain(current.content.name or 'Campaign')}”, "
        f"from {plain(timing.sender_label(shared.sender_address(current.content.sender)))}"
    )
    held = [] if shared.settings.is_practice else _held_back(current, draft)
    with st.container(horizontal=True):
        yes = st.button(
            f"Yes, {label[0].lower()}{label[1:]}",
            type="primary",
            key="send_confirmed",
            on_click=launch,
            disabled=bool(held),
            args=(current, draft),
        )
        no = st.button("Not yet", key="send_not_yet", on_click=_close)
    if yes or no:
        st.rerun()  # a dialog reruns by itself only; the page has to follow


def _message(current: Draft, shown: Shown) -> None:
    with st.container(border=True, key="question_message"):
        for picture in shown.pictures:
            if isinstance(picture, bytes):
                st.image(picture, width=160, alt="The picture of this message")
        st.text(current.content.body or "No text")


def _held_back(current: Draft, draft: CheckedDraft) -> list[str]:
    return first_live_send.draw(current, draft.findings, recipients_of(draft))


@deed(Permission.SEND)
def launch(current: Draft, draft: CheckedDraft) -> None:
    """Make the campaign. The draft names the request, so a second click, tab or rerun finds the first campaign."""
    shared, sender = services(), person()
    if not shared.settings.is_practice:
        first_live_send.require(current, draft.findings, recipients_of(draft))
    _close()
    campaign_id = submit(
        shared,
        draft,
        by=sender,
        request_key=f"draft-{current.id}-{current.created_at:.6f}",
        on_hosting=_hosting_bar(),
    )
    delete_draft(shared.ledger, current.id, by=sender)
    shared.start_worker()
    places.open_next(places.CAMPAIGN, id=str(campaign_id))


def _hosting_bar() -> Callable[[int, int], None]:
    """Shown only where pictures are made ahead: there is nothing to wait for at an own address."""
    bars: list[DeltaGenerator] = []

    def show(done: int, total: int) -> None:
        if not bars:
            bars.append(st.progress(0.0))
        bars[0].progress(done / total, text=f"Putting the pictures on the web: {done:,} of {total:,}")

    return show
