"""The button that sends: carries the number, asks once, and makes one campaign however often it is pressed."""

from dataclasses import dataclass, replace

import streamlit as st

from mms.campaigns.drafts import decisions
from mms.campaigns.drafts.drafts import Draft, delete_draft
from mms.campaigns.launch.links import link_base
from mms.campaigns.launch.submission import Choices, Repeats, ready_recipients, send
from mms.campaigns.pictures.media_check import MediaFindings
from mms.campaigns.pictures.own_picture import own_picture_of
from mms.campaigns.pictures.own_picture_check import last_look
from mms.errors import CampaignError
from mms.recipients import CheckedList
from mms.roles import Permission
from pages.components import places
from pages.components.keys import SEND_ASKED
from pages.components.notices import deed
from pages.components.reader import counted
from pages.components.safe import plain
from pages.components.wiring import person, services
from pages.new_campaign_steps import first_live_send, timing, workbench
from pages.new_campaign_steps.step_bar import step_bar


def recipients_of(current: Draft, rows: CheckedList, findings: MediaFindings, known: Repeats) -> list[str]:
    """Whom the button messages, taken from the very rows that it would launch."""
    choices = _choices(current, known)
    left_out = (tuple(findings.by_row), len(choices.skip_recipients), len(choices.skip_dead))
    return _recipients(rows.identity_hash(repr(left_out)), _rows=rows, _findings=findings, _choices=choices)


@st.cache_resource(max_entries=4, ttl=60, show_spinner=False)
def _recipients(identity: str, *, _rows: CheckedList, _findings: MediaFindings, _choices: Choices) -> list[str]:
    return ready_recipients(_rows, _findings, _choices)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the question shows of the campaign: itself in one sentence, and its pictures."""

    sentence: str
    pictures: list[bytes | str]


def still_missing(missing: list[str]) -> None:
    """What keeps the button from being pressed."""
    if missing:
        with st.container(border=True, key="missing"):
            st.write("**Before you can send:**")
            for sentence in missing:
                st.write(f":material/radio_button_unchecked: {sentence}")


def draw(
    current: Draft,
    rows: CheckedList,
    findings: MediaFindings,
    known: Repeats,
    count: int,
    missing: list[str],
    shown: Shown,
) -> None:
    """The button, in the bar that is always in view, and the question behind it."""
    label = f"Send {counted(count, 'message')}"
    if decisions.starts_later(current.content):
        label = f"Schedule {counted(count, 'message')}"
    with step_bar(back="compose"):
        if st.button(label, type="primary", key="send", icon=":material/send:", disabled=bool(missing) or not count):
            st.session_state[SEND_ASKED] = current.id
        if missing:
            st.text(missing[0] if len(missing) == 1 else f"{counted(len(missing), 'thing')} to do first, see above.")
    if st.session_state.get(SEND_ASKED) == current.id and not missing:
        _ask(current, rows, findings, known, label, shown)


def _close() -> None:
    st.session_state.pop(SEND_ASKED, None)


@st.dialog("Send it?", icon=":material/send:", on_dismiss=_close)
def _ask(current: Draft, rows: CheckedList, findings: MediaFindings, known: Repeats, label: str, shown: Shown) -> None:
    shared = services()
    st.write(f"**{plain(shown.sentence)}**")
    if shared.settings.is_practice:  # live, `first_live_send` shows them beside what it asks
        _message(current, shown)
    st.write(
        f"“{plain(current.content.name or 'Campaign')}”, "
        f"from {plain(timing.sender_label(shared.sender_address(current.content.sender)))}"
    )
    held = [] if shared.settings.is_practice else _held_back(current, rows, findings, known)
    with st.container(horizontal=True):
        yes = st.button(
            f"Yes, {label[0].lower()}{label[1:]}",
            type="primary",
            key="send_confirmed",
            on_click=launch,
            disabled=bool(held),
            args=(current, rows, findings, known),
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


def _held_back(current: Draft, rows: CheckedList, findings: MediaFindings, known: Repeats) -> list[str]:
    return first_live_send.draw(current, findings, recipients_of(current, rows, findings, known))


@deed(Permission.SEND)
def launch(current: Draft, rows: CheckedList, findings: MediaFindings, known: Repeats) -> None:
    """Make the campaign. The draft names the request, so a second click, tab or rerun finds the first campaign."""
    shared, sender = services(), person()
    choices = _choices(current, known)
    if not shared.settings.is_practice:
        first_live_send.require(current, findings, recipients_of(current, rows, findings, known))
    base = link_base(shared.settings, shared.ledger, choices.options, choices.sender_address)
    choices = replace(choices, link_base=base)
    content = workbench.content_of(current)
    _close()
    if problem := workbench.own_problem(current):
        raise CampaignError(problem, code="picture_template")
    own = content.own
    campaign_id = send(
        shared.ledger,
        rows,
        content,
        choices,
        findings=findings,
        account_sid=shared.account.account_sid,
        mode=shared.mode,
        by=sender,
        edited_by=tuple(current.editors),
        request_key=f"draft-{current.id}-{current.created_at:.6f}",
        upload_id=current.upload_id,
        own_pictures=own_picture_of(shared.settings, shared.ledger, own, rows.upload.columns) if own else None,
        look=last_look(shared.settings, shared.ledger) if own else None,
    )
    delete_draft(shared.ledger, current.id, by=sender)
    shared.start_worker()
    places.open_next(places.CAMPAIGN, id=str(campaign_id))


def _choices(current: Draft, known: Repeats) -> Choices:
    shared = services()
    address = shared.sender_address(current.content.sender)
    return decisions.choices(current.content, shared.settings, known, address, person().name)
