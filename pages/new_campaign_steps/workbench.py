"""What the steps work on: the draft's file and message as values of `mms`, worked out once and kept for reruns."""

from dataclasses import replace

import streamlit as st

from mms.campaigns.drafts import preview
from mms.campaigns.drafts.decisions import check_options_of, other_versions
from mms.campaigns.drafts.drafts import Draft
from mms.campaigns.drafts.preview import RiskyRow
from mms.campaigns.drafts.uploads import load_upload
from mms.campaigns.launch.checklist import CheckedDraft
from mms.campaigns.launch.submission import Content, Repeats, check_options
from mms.campaigns.pictures.drawn_pictures import painter_of
from mms.campaigns.pictures.media_check import (
    FRESH_SECONDS,
    MediaFindings,
    check_campaign_media,
    keep_verdicts,
    known_verdicts,
)
from mms.campaigns.pictures.own_picture import COUPON, OwnPicture, own_picture
from mms.campaigns.pictures.own_picture_check import drawn, with_own_pictures
from mms.campaigns.pictures.own_pictures import own_pictures
from mms.errors import MmsError
from mms.message import MessageTemplate
from mms.picture_templates.problems import PictureProblem
from mms.recipients import CheckedList, CheckOptions, MissingColumnsError, Upload, check
from pages.components.reader import number
from pages.components.wiring import services

_KEPT = 8  # lists of 100,000 rows are some 40 MB each


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def upload_of(upload_id: int) -> Upload:
    """The stored file; it never changes, so it is read once.

    Raises:
        CampaignError: code `upload_gone`.
    """
    with services().ledger.read() as connection:
        return load_upload(connection, upload_id)


def content_of(current: Draft) -> Content:
    """Body and media as they are typed so far, and the picture made for each person, if one was chosen.

    Without it where its template or its codes are gone; `own_problem` says so.
    """
    others = other_versions(current.content)
    said = Content(current.content.body, tuple(current.content.media_urls), others=others)
    try:
        return replace(said, own=_own(current))
    except MmsError:
        return said


def own_problem(current: Draft) -> str | None:
    """Why the chosen picture template cannot be used, or None."""
    try:
        _own(current)
    except MmsError as error:
        return error.message
    return None


def _own(current: Draft) -> OwnPicture | None:
    name = current.content.picture_template
    return own_picture(services().ledger, name) if name else None


def own_findings(current: Draft, rows: CheckedList, findings: MediaFindings) -> MediaFindings:
    """The findings, with the rows kept back whose own picture is wrong: each is drawn and read back, once."""
    own = content_of(current).own
    if own is None:
        return findings
    key = f"{rows.identity_hash(content_of(current).identity)}-{own.sample}"
    return with_own_pictures(findings, rows, _own_problems(key, _rows=rows, _own=own))


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _own_problems(identity: str, *, _rows: CheckedList, _own: OwnPicture) -> dict[int, PictureProblem]:
    shared = services()
    total = _rows.ready
    with st.spinner(f"Drawing {number(total)} pictures and scanning every code…"):
        bar = st.progress(0.0)

        def show(done: int, of: int) -> None:
            bar.progress(done / max(of, 1), text=f"{number(done)} of {number(of)}")

        found = drawn(shared.settings, shared.ledger, _rows, _own, on_progress=show)
        bar.empty()
    return found


def picture_of_row(current: Draft, rows: CheckedList, row: int) -> bytes | str:
    """One person's picture as it would be sent, or the sentence that says what is wrong with it."""
    own = content_of(current).own
    if own is None:
        return "The picture template cannot be used."
    with services().ledger.read() as connection:
        painter = painter_of(connection, own.saved.version_id)
    values = dict(rows.upload.values(row))
    if own.pool:
        values[COUPON] = own.sample
    made = painter.draw(values)
    return made.data if made.data is not None else made.problems[0].message


def template_of(current: Draft) -> MessageTemplate | None:
    """The message when it can be read; None while a brace has no partner or nothing is written."""
    content = content_of(current)
    if not content.body.strip() and not content.media_urls and content.own is None:
        return None
    try:
        return content.template
    except MmsError:
        return None


def options_of(current: Draft) -> CheckOptions:
    """What the check of this draft takes into account, without the message."""
    shared = services()
    return check_options_of(current.content, check_options(shared.settings, shared.ledger, senders=shared.senders))


def checked_draft(current: Draft, rows: CheckedList, findings: MediaFindings, known: Repeats) -> CheckedDraft:
    """The draft as the checklist and the launch take it."""
    return CheckedDraft(
        said=current.content,
        content=content_of(current),
        checked=rows,
        findings=findings,
        known=known,
        own_problem=own_problem(current),
        edited_by=tuple(current.editors),
        upload_id=current.upload_id,
    )


def checked_with_message(current: Draft) -> CheckedList:
    """The verdict on every row, the merged message included.

    Raises:
        UploadError: as `mms.recipients.check`; `MissingColumnsError` when a merge field has no column.
    """
    return _checked(current, template_of(current))


def checked(current: Draft) -> CheckedList:
    """As `checked_with_message`; while the message does not fit the file, the numbers alone.

    Raises:
        UploadError: as `mms.recipients.check`.
    """
    try:
        return checked_with_message(current)
    except MissingColumnsError:
        return _checked(current, None)


def _checked(current: Draft, message: MessageTemplate | None) -> CheckedList:
    options = replace(options_of(current), message=message)
    with st.spinner(f"Checking {number(len(upload_of(current.upload_id or 0)))} rows…"):
        return _checked_with(current, content_of(current) if message else None, options)


def _checked_with(current: Draft, content: Content | None, options: CheckOptions) -> CheckedList:
    return _check(
        current.upload_id or 0,
        options.phone_column,
        content,
        tuple(sorted(options.chosen_rows)),
        options.other_countries,
        options.include_no_consent,
        options.region,
        hash(options.opted_out),
        _options=options,
    )


@st.cache_resource(max_entries=_KEPT, ttl=300, show_spinner=False)
def _check(
    upload_id: int,
    phone_column: str | None,
    content: Content | None,
    chosen_rows: tuple[int, ...],
    other_countries: bool,
    include_no_consent: bool,
    region: str | None,
    opted_out: int,
    *,
    _options: CheckOptions,
) -> CheckedList:
    """The arguments before the star name what the result depends on; the check itself takes `_options`."""
    return check(upload_of(upload_id), _options)


def media_findings(rows: CheckedList, message: MessageTemplate) -> MediaFindings:
    """What the pre-flight says about the pictures; verdicts of the last hour spare a new look."""
    media = "\n".join(part.text for part in message.media)
    return _media_findings(rows.identity_hash(media), _rows=rows, _message=message)


@st.cache_resource(max_entries=_KEPT, ttl=FRESH_SECONDS, show_spinner="Looking at the pictures…")
def _media_findings(identity: str, *, _rows: CheckedList, _message: MessageTemplate) -> MediaFindings:
    shared = services()
    fixed = [part.text for part in _message.media if not part.merge_fields]
    with shared.ledger.read() as connection:
        known = known_verdicts(connection, fixed, since=shared.ledger.now(connection) - FRESH_SECONDS)
    findings = check_campaign_media(
        _rows,
        _message,
        allow_private=shared.settings.allow_private_media,
        own=own_pictures(shared.settings, shared.ledger),
        known=known,
    )
    keep_verdicts(shared.ledger, {url: v for url, v in findings.verdicts.items() if url not in known})
    return findings


def risky_rows(rows: CheckedList, message: MessageTemplate) -> tuple[RiskyRow, ...]:
    """Rows worth a look before sending."""
    media = "\n".join(part.text for part in (*message.media, *message.drawn))
    return _risky_rows(rows.identity_hash(f"{message.body.text}\n{media}"), _rows=rows, _message=message)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _risky_rows(identity: str, *, _rows: CheckedList, _message: MessageTemplate) -> tuple[RiskyRow, ...]:
    return preview.risky_rows(_rows, _message)


def forget() -> None:
    """Drop what is kept for reruns: after a deletion no copy of people's data may stay in memory."""
    for kept in (upload_of, _check, _media_findings, _risky_rows, _own_problems):
        kept.clear()
