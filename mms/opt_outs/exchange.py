"""Suppression lists in and out: a file is read and shown first, and only then taken over; nothing is ever removed."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import select

from mms.errors import UploadError
from mms.ledger import Ledger, opt_outs
from mms.ledger.audit import note as audit
from mms.ledger.tables import opt_outs as table
from mms.opt_outs.changes import opt_out_rules
from mms.opt_outs.listing import SOURCES
from mms.phones import check_column
from mms.problem_texts import PHONE_TEXTS
from mms.problems import FileCode
from mms.recipients import neutralised, read_upload
from mms.recipients.check.phone_column import phone_column_of
from mms.recipients.read.upload import Upload
from mms.roles import Permission, User, require
from mms.settings import Settings

_HEADER = b"phone\n"
_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class UnreadNumber:
    """A row of the file that gives no number. `row` is as the spreadsheet shows it."""

    row: int
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What an import would do; every filled row of the file is in exactly one of the three, repeats left out."""

    file_name: str
    new: tuple[str, ...]
    known: tuple[str, ...]
    unread: tuple[UnreadNumber, ...]


def preview_import(
    ledger: Ledger,
    settings: Settings,
    data: bytes,
    *,
    file_name: str,
    column: str | None = None,
    by: str | None = None,
) -> ImportPreview:
    """Read a CSV, a workbook or a plain list of numbers; nothing is changed.

    Raises:
        UploadError: the file cannot be used, or `column` is needed to say where the numbers are.
    """
    upload = _read(data, file_name, by)
    numbers, unread = _numbers(upload, phone_column_of(upload, column, opt_out_rules(settings)), settings)
    with ledger.read() as connection:
        known = opt_outs.opted_out_among(connection, numbers)
    return ImportPreview(
        upload.file_name,
        new=tuple(number for number in numbers if number not in known),
        known=tuple(number for number in numbers if number in known),
        unread=tuple(unread),
    )


def import_numbers(ledger: Ledger, person: User, preview: ImportPreview) -> int:
    """Put the new numbers of a preview on the list; returns how many were still new.

    Raises:
        NotAllowed: this person may not.
    """
    require(person, Permission.ADD_OPT_OUTS)
    added = 0
    for start in range(0, len(preview.new), _CHUNK):  # short transactions: the worker goes on meanwhile
        with ledger.write() as connection:
            added += opt_outs.add(
                connection,
                preview.new[start : start + _CHUNK],
                source=opt_outs.IMPORT,
                at=ledger.now(connection),
                note=f"From the file {preview.file_name}",
                by=person.name,
            )
    with ledger.write() as connection:
        audit(connection, person.name, "opt_out.import", at=ledger.now(connection), detail={"added": added})
    return added


def export_csv(ledger: Ledger) -> Iterator[bytes]:
    """The list as CSV that Excel opens with its accents and that imports again; in pieces, oldest first."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    out.write("\ufeff")
    writer.writerow(("phone", "since", "source", "note"))
    columns = (table.c.recipient, table.c.since, table.c.source, table.c.note)
    with ledger.read() as connection:
        found = connection.execute(select(*columns).order_by(table.c.since, table.c.recipient))
        while rows := found.fetchmany(_CHUNK):
            for row in rows:
                since = datetime.fromtimestamp(row.since, UTC).isoformat(timespec="seconds")
                writer.writerow((row.recipient, since, SOURCES[row.source], neutralised(row.note or "")))
            yield _taken(out)
    yield _taken(out)


def _read(data: bytes, file_name: str, by: str | None) -> Upload:
    try:
        return read_upload(data, file_name=file_name, by=by)
    except UploadError as error:
        if error.code not in (FileCode.NO_HEADER, FileCode.NO_ROWS):
            raise
        bare = read_upload(_HEADER + data, file_name=file_name, by=by)  # a bare list, one number a line
        return replace(bare, row_numbers=bare.row_numbers - 1)  # our header is no row of theirs


def _numbers(upload: Upload, column: str, settings: Settings) -> tuple[list[str], list[UnreadNumber]]:
    cells = upload.column(column)
    verdicts = check_column(cells, opt_out_rules(settings))
    numbers: dict[str, None] = {}
    unread: list[UnreadNumber] = []
    for position, (row, cell) in enumerate(zip(upload.row_numbers.tolist(), cells.to_pylist(), strict=True)):
        if verdicts.codes[position] == 0:
            numbers[f"+{verdicts.numbers[position]}"] = None
        elif cell:
            unread.append(UnreadNumber(row, cell, PHONE_TEXTS[verdicts.refusal(position)]))
    return list(numbers), unread


def _taken(out: io.StringIO) -> bytes:
    piece = out.getvalue().encode("utf-8", errors="replace")
    out.seek(0)
    out.truncate()
    return piece
