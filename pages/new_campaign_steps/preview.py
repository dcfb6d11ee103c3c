"""The message on a phone, for any row; opens on the row that is most likely to look wrong."""

import uuid

import streamlit as st

from mms.campaigns.drafts.drafts import Draft, save_draft
from mms.campaigns.single_message import single_results
from mms.campaigns.test_message import send_to_own_phone
from mms.errors import UploadError
from mms.media.check.verdict import MediaVerdict
from mms.message import MessageTemplate
from mms.recipients import CheckedList, Verdict
from mms.roles import Permission
from mms.states import RowState
from mms.twilio_codes import explain
from mms.words import ROW_WORDS
from pages.components.drafting import bound, key_of
from pages.components.keys import REQUEST_KEY
from pages.components.notices import deed
from pages.components.phone_screen import NO_PREVIEW, phone_screen
from pages.components.reader import counted
from pages.components.safe import plain
from pages.components.wiring import person, services
from pages.new_campaign_steps import links, workbench

_TEST, _NUMBER = "test_campaign", "test_number"  # in the draft: one's test says nothing about another


def draw(current: Draft) -> None:
    """The phone with its row chooser and the test message; a hint while there is nothing to show."""
    st.header("On the phone")
    message = workbench.template_of(current)
    if message is None:
        st.write("As soon as you write, you see here what people get.")
        return
    try:
        rows = workbench.checked_with_message(current)
    except UploadError:
        st.write("The preview comes back when the text fits the file.")
        return
    row = choose_row(current, rows, message)
    if row is not None:
        show_row(current, rows, message, row)
        _test_message(current, row)


def choose_row(current: Draft, rows: CheckedList, message: MessageTemplate) -> int | None:
    """The spreadsheet row to look at: the risky ones by click, any other by number."""
    risky = workbench.risky_rows(rows, message)
    if not risky:
        st.write("No row is ready, so there is nothing to preview.")
        return None
    why = {one.row: one.why for one in risky}
    worth = st.pills(
        "Rows worth a look",
        list(why),
        format_func=lambda row: f"Row {row}: {plain(why[row])}",
        default=risky[0].row,
        wrap=True,
        key=f"risky_{current.id}_{len(why)}_{risky[0].row}",
    )
    numbers = rows.upload.row_numbers
    any_row = st.number_input(
        "Or any row of the file",
        min_value=int(numbers[0]),
        max_value=int(numbers[-1]),
        value=None,
        placeholder="Row number",
        key=f"any_row_{current.id}",
        width=220,
    )
    return any_row if any_row is not None else worth or risky[0].row


def show_row(current: Draft, rows: CheckedList, message: MessageTemplate, row: int) -> None:
    """One row's message, and a sentence when this row gets none."""
    try:
        values, verdict = rows.upload.values(row), rows.verdict(row)
    except KeyError:
        st.warning(f"The file has no row {row}.")
        return
    rendered = message.render(values)
    shared = services()
    body = links.as_sent(current, rendered.body)
    phone_screen(
        str(current.id),
        sender=shared.sender_address(current.content.sender),
        body=body,
        pictures=_pictures(current, rows, message, row),
        footnote=f"Row {row}, {counted(len(body), 'character')}",
    )
    if verdict is not Verdict.READY:
        st.warning(f"Row {row} gets no message: {verdict.value.replace('_', ' ')}.")


def pictures_of(current: Draft, rows: CheckedList, message: MessageTemplate) -> list[bytes | str]:
    """The pictures of one message as the preview begins with: those of the riskiest row."""
    risky = workbench.risky_rows(rows, message)
    return _pictures(current, rows, message, risky[0].row) if risky else []


def _pictures(current: Draft, rows: CheckedList, message: MessageTemplate, row: int) -> list[bytes | str]:
    rendered = message.render(rows.upload.values(row))
    verdicts = workbench.media_findings(rows, message).verdicts
    pictures = [_on_screen(verdicts.get(url)) for url in rendered.media_urls]
    return [*pictures, workbench.picture_of_row(current, rows, row)] if rendered.own_pictures else pictures


def _on_screen(verdict: MediaVerdict | None) -> bytes | str:
    if verdict is None:
        return "A link that was not looked at yet"
    return (verdict.thumbnail or NO_PREVIEW) if verdict.ok else f"Cannot be used: {verdict.message}"


def _test_message(current: Draft, row: int) -> None:
    with st.expander("Send a test to your own phone", icon=":material/send_to_mobile:", key="test_message"):
        st.text_input("Your number", placeholder="(212) 555-0123", type="phone", live=True, **bound(current, _NUMBER))
        request_key = st.session_state.setdefault(REQUEST_KEY, uuid.uuid4().hex)
        st.button(
            f"Send row {row} as a test",
            key=f"send_test_{current.id}",
            on_click=send_row,
            args=(current, row, request_key),
        )
        if campaign_id := current.content.test_campaign:
            _test_result(campaign_id)


@deed(Permission.SEND)
def send_row(current: Draft, row: int, request_key: str) -> None:
    """One message with this row's data to the typed number."""
    shared = services()
    campaign_id = send_to_own_phone(
        shared.settings,
        shared.ledger,
        number=st.session_state[key_of(current, _NUMBER)],
        rendered=workbench.content_of(current).template.render(workbench.upload_of(current.upload_id or 0).values(row)),
        sender_address=shared.sender_address(current.content.sender),
        account_sid=shared.account.account_sid,
        request_key=request_key,
        by=person(),
    )
    save_draft(shared.ledger, current.id, by=person(), **{_TEST: campaign_id})
    shared.start_worker()
    st.session_state.pop(REQUEST_KEY, None)


@st.fragment(run_every=1)
def _test_result(campaign_id: int) -> None:
    found = single_results(services().ledger, [campaign_id])
    if not found:
        return  # its rows are gone by the days set for that; the draft has outlived them
    result = found[0]
    word = ROW_WORDS[result.state]
    said = f"Test: {word.label}. {word.meaning}"
    if result.state in (RowState.REFUSED, RowState.FAILED, RowState.UNDELIVERED):
        advice = explain(result.error_code, result.http_status)
        st.error(plain(f"Test: {word.label}. {advice.meaning} {advice.advice}"))
    else:
        st.write(plain(said))
