"""Step 4: who gets what, when and from where; then one button with the number in it."""

import streamlit as st

from mms.campaigns.drafts import decisions
from mms.campaigns.drafts.drafts import Draft
from mms.campaigns.launch.checklist import checklist
from mms.campaigns.launch.forecast import send_end
from mms.campaigns.launch.submission import Content, Repeats, repeats
from mms.campaigns.pictures.media_check import NOTHING_FOUND, MediaFindings, any_expires, good_until
from mms.errors import UploadError
from mms.message import MessageTemplate
from mms.recipients import CheckedList
from pages.components.drafting import bound, go_to
from pages.components.reader import counted
from pages.components.safe import plain
from pages.components.wiring import person, services
from pages.new_campaign_steps import advice, audience, confirm, elsewhere, expected, preview, timing, workbench
from pages.new_campaign_steps.in_one_sentence import in_one_sentence


def draw(current: Draft) -> None:
    """The whole campaign on one page."""
    st.header("Review")
    message = workbench.template_of(current)
    if message is None:
        st.write("The message is not written yet.")
        st.button("Write the message", key="review_to_compose", on_click=go_to("compose"))
        return
    try:
        rows = workbench.checked_with_message(current)
    except UploadError as error:
        st.error(plain(error.message))
        st.button("Change the message", key="review_to_compose", on_click=go_to("compose"))
        return
    findings = _findings(current, rows, message)
    draft = workbench.checked_draft(current, rows, findings, _known(current, rows))
    recipients = confirm.recipients_of(draft)
    count = len(recipients)
    outlook = expected.of(current, recipients, has_media=bool(message.media or message.drawn))
    sentence = in_one_sentence(current, message, outlook, count)
    st.markdown(f"**{plain(sentence)}**")
    missing = checklist(services(), draft, by=person())
    left, right = st.columns([3, 2], gap="large")
    with left:
        audience.questions(current, draft)
        from_elsewhere = st.container()
        _consent(current)
        _pictures(findings)
        confirm.still_missing(missing)
        audience.draw(current, draft, count)
        timing.draw(current)
        expected.draw(current, outlook, count)
    with right:
        st.subheader("What they get")
        row = preview.choose_row(current, rows, message)
        if row is not None:
            preview.show_row(current, rows, message, row)
    shown = confirm.Shown(sentence, preview.pictures_of(current, rows, message))
    confirm.draw(current, draft, count, missing, shown)
    elsewhere.draw(from_elsewhere, recipients)


def _findings(current: Draft, rows: CheckedList, message: MessageTemplate) -> MediaFindings:
    """What the links of the pictures say about a send that takes as long as its pace lets it."""
    if not message.media:
        return workbench.own_findings(current, rows, NOTHING_FOUND)
    shared, chosen = services(), current.content.rate
    rate = shared.rate(shared.sender_address(current.content.sender)) if chosen is None else chosen
    findings = workbench.own_findings(current, rows, workbench.media_findings(rows, message))
    if not any_expires(findings):
        return findings
    people = [number for _, number in rows.ready_numbers()]
    any_hour = decisions.any_hour(current.content, shared.settings)
    end = send_end(shared.ledger, people, rate=rate, start_at=decisions.start_at(current.content), any_hour=any_hour)
    return good_until(findings, message, end)


def _known(current: Draft, rows: CheckedList) -> Repeats:
    content = workbench.content_of(current)
    days = decisions.recent_days(current.content)
    return _repeats(rows.identity_hash(content.identity), days, _rows=rows, _content=content)


@st.cache_resource(max_entries=4, ttl=10, show_spinner=False)
def _repeats(identity: str, days: float, *, _rows: CheckedList, _content: Content) -> Repeats:
    shared = services()
    return repeats(shared.ledger, _rows, _content, shared.mode, days=days)


def _pictures(findings: MediaFindings) -> None:
    if not findings.verdicts:
        return
    good = sum(verdict.ok for verdict in findings.verdicts.values())
    if good < len(findings.verdicts):
        st.write(f"{good} of {counted(len(findings.verdicts), 'picture')} can be fetched by Twilio.")
    for verdict in findings.for_all:
        st.error(plain(f"{verdict.message} {verdict.advice or ''}"))
    if findings.for_all:
        st.button("Change the pictures", key="review_pictures", on_click=go_to("compose"))


def _consent(current: Draft) -> None:
    advice.draw(current.content.body)
    st.checkbox(
        "These people agreed to get messages from us",
        help="Kept with your name and the time. Carriers and the law (TCPA in the US, CASL in Canada) ask for it. "
        "This is a reminder, not legal advice.",
        **bound(current, "consent"),
    )
