"""The report as a workbook: the rows, typed and coloured by result, and a summary with the meaning of each word."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any

from mms.ledger import Ledger
from mms.reports.comparison.campaign_list import CampaignView, campaigns_by_id
from mms.reports.counts import ARRIVED_MEANING, PARTS, WORDS, Count, Counts
from mms.reports.files.report_columns import DICTIONARY, PANDAS, Kind
from mms.reports.files.report_lines import Line, ReportLines
from mms.reports.files.upload_types import kinds_of, parsed
from mms.reports.files.workbook import CellKind, SheetColumn, write_workbook
from mms.reports.timestamps import readable
from mms.states import RowState
from mms.words import CAMPAIGN_WORDS

_COLOURS: dict[str, str] = {  # light enough to read on; the word says the same
    RowState.DELIVERED: "#cfe3f5",
    RowState.SENT: "#e4eef8",
    RowState.ACCEPTED: "#eef2f6",
    RowState.UNDELIVERED: "#f9d3ad",
    RowState.FAILED: "#f9d3ad",
    RowState.REFUSED: "#f6e0c8",
    RowState.UNKNOWN: "#efe08a",
}
_KINDS = {Kind.TEXT: CellKind.TEXT, Kind.NUMBER: CellKind.NUMBER, Kind.TIME: CellKind.EXACT_TIME}
_WIDTHS = {"reason": 46.0, "advice": 46.0, "message_sid": 38.0, "campaign": 24.0, "row": 8.0, "attempts": 9.0}
_DAY = 86_400
_EPOCH_DAY = 25_569  # Excel's number of January 1, 1970
_OFFSET_STEP = 900  # seconds; no zone changes its offset at another time


def write_report_workbook(path: Path, ledger: Ledger, lines: ReportLines) -> None:
    """All lines to `path`, times in the zone of their campaign."""
    with ledger.read() as connection:
        views = campaigns_by_id(connection, [source.id for source in lines.sources])
        now = ledger.now(connection)
    of_phone = [at for at, name in enumerate(lines.columns) if name in lines.phone_columns]
    kinds = kinds_of(len(lines.columns), lines.cells(), of_phone)
    columns = [SheetColumn(name, kind, 18) for name, kind in zip(lines.columns, kinds, strict=True)]
    columns += [_own_column(name) for name in lines.header[len(columns) :]]
    write_workbook(
        path, columns, lines.count(), _typed(lines, kinds), _summary(views, now, [s.zone for s in lines.sources])
    )


def _own_column(name: str) -> SheetColumn:
    kind = _KINDS[DICTIONARY[name].kind]
    width = _WIDTHS.get(name, 23.0 if kind is CellKind.EXACT_TIME else 14.0)
    return SheetColumn(name, kind, width, _COLOURS if name == "result" else {})


def _typed(lines: ReportLines, kinds: Sequence[CellKind]) -> Iterator[list[Line]]:
    own = lines.header[len(kinds) :]
    times = [len(kinds) + at for at, name in enumerate(own) if DICTIONARY[name].kind is Kind.TIME]
    typed = [at for at, kind in enumerate(kinds) if kind is not CellKind.TEXT]
    for source, chunk in lines.chunks():
        for line in chunk:
            for at in times:
                if line[at] is not None:
                    line[at] = _day_number(line[at], source.zone)
            for at in typed:
                if line[at]:
                    line[at] = parsed(kinds[at], line[at])
        yield chunk


def _day_number(seconds: float, zone: tzinfo) -> float:
    """Excel's number of the moment on the clocks of the zone, cut to milliseconds as in the CSV."""
    exact = int(seconds * 1000) / 1000
    return (exact + _offset(seconds // _OFFSET_STEP, zone)) / _DAY + _EPOCH_DAY


@lru_cache(maxsize=4096)
def _offset(step: float, zone: tzinfo) -> float:
    offset = datetime.fromtimestamp(step * _OFFSET_STEP, zone).utcoffset()
    return offset.total_seconds() if offset else 0.0


def _summary(views: Sequence[CampaignView], now: float, zones: Sequence[tzinfo]) -> Callable[[Any], None]:
    """Adds the second sheet: counts of each campaign with their rules, then the data dictionary."""

    def add(workbook: Any) -> None:
        sheet = workbook.add_worksheet("Summary")
        bold, wrap = workbook.add_format({"bold": True}), workbook.add_format({"text_wrap": True, "valign": "top"})
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 70, wrap)
        sheet.set_column(2, 1 + len(views), 20)
        for at, line in enumerate(_summary_lines(views, now, zones)):
            is_heading = at == 0 or not line or line[0] in ("Counts", "Columns")
            for column, value in enumerate(line):
                write = sheet.write_number if isinstance(value, int) else sheet.write_string
                write(at, column, value, *([bold] if is_heading else []))

    return add


def _summary_lines(views: Sequence[CampaignView], now: float, zones: Sequence[tzinfo]) -> Iterator[Sequence[str | int]]:
    yield [
        "Report",
        f"As of {readable(now, zones[0])}. Times on the sheet of rows are in the campaign's zone, {zones[0]}.",
    ]
    yield []
    yield ["Counts", "What is counted", *(view.name[:100] for view in views)]
    yield ["State", "Where the campaign stands", *(CAMPAIGN_WORDS[view.state].label for view in views)]
    counts = [Counts.of(view.counts) for view in views]
    for word in WORDS:
        yield [word.label, word.meaning, *(_value(word, one) for one in counts)]
    yield ["Arrived", ARRIVED_MEANING, *(str(one.arrived) for one in counts)]
    yield []
    yield ["Columns", "What they hold"]
    for column in DICTIONARY.values():
        yield [column.name, column.meaning]
    yield []
    yield ["Python", PANDAS]


def _value(word: Count, counts: Counts) -> int:
    return sum(count for part, count in counts.parts.items() if set(PARTS[part].states) <= set(word.states))
