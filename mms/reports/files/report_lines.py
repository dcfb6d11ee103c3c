"""The lines of the report: every row of the upload exactly once, its own cells first (contract, The report)."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Any

from sqlalchemy import select

from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.tables import campaigns, rows
from mms.recipients import REPORT_COLUMNS
from mms.reports.campaign.explanations import explanation
from mms.reports.campaign.row_filter import EVERYTHING, RowFilter
from mms.reports.timestamps import iso, zone_named

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
)
Line = list[Any]  # text, or a number in `row`, `attempts` and `price`; None where there is nothing


class ReportLines:
    """A campaign's report, read in short transactions: a slow download holds no lock and no snapshot."""

    def __init__(self, ledger: Ledger, campaign_id: int, chosen: RowFilter = EVERYTHING) -> None:
        query = select(campaigns.c.columns, campaigns.c.zone).where(campaigns.c.id == campaign_id)
        with ledger.read() as connection:
            found = connection.execute(query).one_or_none()
        if found is None:
            raise CampaignError(f"There is no campaign number {campaign_id}.", code="no_such_campaign")
        self.header = [*found.columns, *REPORT_COLUMNS]
        self._width = len(found.columns)
        self._zone = zone_named(found.zone)
        self._ledger = ledger
        self._query = select(*_READ).where(*chosen.where(campaign_id)).order_by(rows.c.row_number).limit(_CHUNK)

    def chunks(self) -> Iterator[list[Line]]:
        """The lines by row number, some thousands at a time."""
        after = -1
        while True:
            with self._ledger.read() as connection:
                found = connection.execute(self._query.where(rows.c.row_number > after)).all()
            if found:
                yield [self._line(row) for row in found]
            if len(found) < _CHUNK:
                return
            after = found[-1].row_number

    def _line(self, row: Any) -> Line:
        number, cells, to, state, reason, problem, text, code, http, sid, attempts, sent, updated, price = row
        why = explanation(state, reason, problem, text, code, http)
        zone = self._zone
        ours = [number, to, state, why.reason, why.advice, why.code, sid, attempts]
        return [*_fitted(json.loads(cells), self._width), *ours, *_when(sent, updated, zone), _charge(price)]


def _fitted(cells: Sequence[str], width: int) -> Sequence[str]:
    """As many cells as columns, so that our own columns stand under their names."""
    return cells if len(cells) == width else [*cells[:width], *[""] * (width - len(cells))]


def _when(sent_at: float | None, updated_at: float, zone: tzinfo) -> tuple[str | None, str | None]:
    return iso(sent_at, zone), iso(updated_at, zone)


def _charge(price: str | None) -> str | None:
    """What it cost, as a number that a sheet can add up: Twilio writes a charge as a negative amount."""
    found = _AMOUNT.fullmatch(price or "")
    return found[1] if found else None
