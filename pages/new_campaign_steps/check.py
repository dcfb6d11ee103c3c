"""Step 2: the verdict on every row, what was changed on the way, and the mending."""

import streamlit as st

from mms.campaigns.drafts.drafts import Draft
from mms.errors import UploadError
from mms.problems import FileCode
from mms.recipients import CheckedList, PhoneColumnError, Verdict
from pages.components.drafting import go_to
from pages.components.reader import counted, number
from pages.components.safe import plain
from pages.new_campaign_steps import how_we_read, row_lists, workbench
from pages.new_campaign_steps import leave_out as without
from pages.new_campaign_steps.step_bar import step_bar

TILES = (
    (Verdict.READY, "Ready to send", "A good number, and nothing missing."),
    (Verdict.PROBLEM, "To fix", "Something in the row keeps it from being sent. See the table below."),
    (Verdict.DUPLICATE, "Duplicates", "The same number is in another row, which gets the message."),
    (Verdict.OPTED_OUT, "Opted out", "These people asked not to be messaged. They never are."),
    (Verdict.NO_CONSENT, "No consent", "A column of the list says that they do not want messages."),
    (Verdict.BLANK, "Blank rows", "Nothing is in them."),
)
_IN_A_SUM = {
    Verdict.READY: "ready to send",
    Verdict.PROBLEM: "to fix",
    Verdict.DUPLICATE: "with a number that is there already",
    Verdict.OPTED_OUT: "opted out",
    Verdict.NO_CONSENT: "without consent",
    Verdict.BLANK: "blank",
}
_ONLY_IF_ANY = frozenset({Verdict.NO_CONSENT, Verdict.BLANK})
_HARMLESS = frozenset({"fallback_used"})  # what the person asked for; said, not warned of
_COLUMN_IN_DOUBT = {FileCode.NO_PHONE_COLUMN, FileCode.TWO_PHONE_COLUMNS}


def draw(current: Draft) -> None:
    """Everything about the rows; ends with the way on."""
    st.header("This is how we read your file")
    try:
        rows = workbench.checked(current)
    except UploadError as error:
        _cannot_check(current, error)
        return
    how_we_read.draw(current, rows)
    _tiles(rows)
    for alarm in rows.warnings:
        draw_alarm = st.info if alarm.kind in _HARMLESS else st.warning
        draw_alarm(plain(alarm.sentence))
    row_lists.draw(current, rows)
    with step_bar(back="upload"):
        people = counted(rows.ready, "person", "people")
        st.button(
            f"Next: write the message to {people}" if rows.ready else "Next: write the message",
            type="primary",
            key="to_compose",
            disabled=not rows.ready,
            on_click=go_to("compose"),
            icon=":material/arrow_forward:",
        )
    if not rows.ready:
        st.write("No row can be sent yet. Fix at least one, choose another column, or upload another file.")
    elif rows.counts[Verdict.PROBLEM] and not without.is_agreed(current, rows):
        bad = counted(rows.counts[Verdict.PROBLEM], "row")
        st.write(
            f":material/radio_button_unchecked: Still to decide: {bad} to fix. "
            "Fix them, or tick that you go on without them. This can wait until the review."
        )


def _cannot_check(current: Draft, error: UploadError) -> None:
    st.error(plain(error.message))
    if error.code in _COLUMN_IN_DOUBT:
        candidates = error.candidates if isinstance(error, PhoneColumnError) else ()
        upload = workbench.upload_of(current.upload_id or 0)
        how_we_read.choose_column(current, upload, candidates or upload.columns, None)


def _tiles(rows: CheckedList) -> None:
    shown = [tile for tile in TILES if tile[0] not in _ONLY_IF_ANY or rows.counts[tile[0]]]
    with st.grid(min_column_width=150, key="check_tiles"):
        for verdict, label, meaning in shown:
            st.metric(label, rows.counts[verdict], help=meaning, border=True, format="localized")
    parts = " + ".join(f"{number(rows.counts[verdict])} {_IN_A_SUM[verdict]}" for verdict, _, _ in shown)
    st.caption(f"{counted(len(rows), 'row')} in {plain(rows.upload.file_name)} = {parts}")
