"""The lines of the report: every row of the upload exactly once, its own cells first (contract, The report)."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from sqlalchemy import Connection, func, select

from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.tables import campaigns, rows
from mms.recipients import REPORT_COLUMNS
from mms.reports.campaign.explanations import explanation
from mms.reports.campaign.row_filter import EVERYTHING, RowFilter
from mms.reports.files.channels import MessageShape
from mms.reports.timestamps import zone_named
from mms.states import RowState

_CHUNK = 2_000
_AMOUNT = re.compile(r"-?(\d+(?:\.\d+)?)")
_READ = (
    rows.c.row_number,
    rows.c.cells,
    rows.c.recipient,
    rows.c.state,
    rows.c.reason,
    rows.c.problem,
    rows.c.problem_text,
    rows.c.error_code,
    rows.c.http_status,
    rows.c.message_sid,
    rows.c.attempts,
    rows.c.sent_at,
    rows.c.updated_at,
    rows.c.price,
    rows.c.coupon,
)
Line = list[Any]  # text; a number, or seconds since 1970, in columns of that kind; None where there is nothing


@dataclass(frozen=True, slots=True)
class Source:
    """One campaign of the report, with what all its lines share."""

    id: int
    name: str
    sender: str
    columns: tuple[str, ...]
    phone_column: str | None
    zone: tzinfo
    shape: MessageShape


class ReportLines:
    """Campaigns' rows, read in short transactions: a slow download holds no lock and no snapshot.

    Columns of the upload are those of all the campaigns, each name once, in the order in which they come.

    Raises:
        CampaignError: code `no_such_campaign`.
    """

    def __init__(self, ledger: Ledger, campaign_ids: Sequence[int], chosen: RowFilter = EVERYTHING) -> None:
        with ledger.read() as connection:
            self.sources = [_source(connection, number) for number in dict.fromkeys(campaign_ids)]
        names = self.sources[0].columns if len(self.sources) == 1 else _united(self.sources)
        self.columns: tuple[str, ...] = names
        self.header = [*names, *REPORT_COLUMNS]
        self._ledger = ledger
        self._chosen = chosen

    @property
    def phone_columns(self) -> frozenset[str]:
        """Columns of the uploads that hold the numbers."""
        return frozenset(source.phone_column for source in self.sources if source.phone_column)

    def count(self) -> int:
        """How many lines there are now."""
        with self._ledger.read() as connection:
            return sum(
                connection.execute(
                    select(func.count()).select_from(rows).where(*self._chosen.where(source.id))
                ).scalar_one()
                for source in self.sources
            )

    def cells(self) -> Iterator[Sequence[str]]:
        """Just the cells of the uploads, in the order of the lines."""
        for source, found in self._found(rows.c.row_number, rows.c.cells):
            fit = self._fit(source)
            yield from (fit(json.loads(row.cells)) for row in found)

    def chunks(self) -> Iterator[tuple[Source, list[Line]]]:
        """The lines, campaign by campaign and by row number, some thousands at a time."""
        for source, found in self._found(*_READ):
            fit = self._fit(source)
            lines = []
            for row in found:
                cells = json.loads(row.cells)
                lines.append([*fit(cells), *_ours(source, row, cells)])
            yield source, lines

    def _found(self, *read: Any) -> Iterator[tuple[Source, Sequence[Any]]]:
        for source in self.sources:
            query = select(*read).where(*self._chosen.where(source.id)).order_by(rows.c.row_number).limit(_CHUNK)
            after = -1
            while True:
                with self._ledger.read() as connection:
                    found = connection.execute(query.where(rows.c.row_number > after)).all()
                if found:
                    yield source, found
                if len(found) < _CHUNK:
                    break
                after = found[-1].row_number

    def _fit(self, source: Source) -> Any:
        width = len(self.columns)
        if source.columns == self.columns:
            return lambda cells: _fitted(cells, width)
        place = {name: at for at, name in enumerate(source.columns)}
        places = [place.get(name) for name in self.columns]
        own = len(source.columns)
        return lambda cells: _placed(_fitted(cells, own), places)


def _source(connection: Connection, campaign_id: int) -> Source:
    found = connection.execute(select(campaigns).where(campaigns.c.id == campaign_id)).one_or_none()
    if found is None:
        raise CampaignError(f"There is no campaign number {campaign_id}.", code="no_such_campaign")
    return Source(
        id=found.id,
        name=found.name,
        sender=found.sender_address,
        columns=tuple(found.columns),
        phone_column=found.phone_column,
        zone=zone_named(found.zone),
        shape=MessageShape.of(found.body, [*found.media_urls, *filter(None, [found.picture_base])], found.columns),
    )


def _united(sources: Sequence[Source]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for source in sources for name in source.columns))


def _ours(source: Source, row: Any, cells: Sequence[str]) -> Line:
    number, _, to, state, reason, problem, text, code, http, sid, attempts, sent, updated, price, coupon = row
    why = explanation(state, reason, problem, text, code, http)
    channel, segments = source.shape.of_row(sid, cells)
    delivered = updated if state == RowState.DELIVERED else None
    core = [number, to, state, why.reason, why.advice, why.code, sid, attempts, sent, updated, _charge(price)]
    return [*core, source.id, source.name, source.sender, channel, segments, sent, delivered, coupon]


def _fitted(cells: Sequence[str], width: int) -> Sequence[str]:
    """As many cells as columns, so that our own columns stand under their names."""
    return cells if len(cells) == width else [*cells[:width], *[""] * (width - len(cells))]


def _placed(cells: Sequence[str], places: Sequence[int | None]) -> Sequence[str]:
    return ["" if at is None else cells[at] for at in places]


def _charge(price: str | None) -> str | None:
    """What it cost, as a number that a sheet can add up: Twilio writes a charge as a negative amount."""
    found = _AMOUNT.fullmatch(price or "")
    return found[1] if found else None
