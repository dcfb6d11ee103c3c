"""Which rows of a campaign a table, a report or a new list takes."""

import json
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_

from mms.ledger.tables import rows
from mms.reports.campaign.grouping import OneGroup
from mms.states import RowState

_FEWEST_DIGITS = 3  # fewer would match nearly every number


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Empty fields take everything. `codes` are Twilio's codes, problem codes or skip reasons, as text."""

    search: str = ""
    states: tuple[RowState, ...] = ()
    codes: tuple[str, ...] = ()
    only: OneGroup | None = None  # the rows behind one line of the results by anything

    def where(self, campaign_id: int) -> list[ColumnElement[bool]]:
        """Conditions that all must hold."""
        conditions: list[ColumnElement[bool]] = [rows.c.campaign_id == campaign_id]
        if self.states:
            conditions.append(rows.c.state.in_(self.states))
        if self.codes:
            conditions.append(_has_code(self.codes))
        if text := self.search.strip():
            conditions.append(mentions(text))
        if self.only:
            conditions.append(self.only.where())
        return conditions


EVERYTHING = RowFilter()


def _has_code(codes: tuple[str, ...]) -> ColumnElement[bool]:
    numbers = [int(code) for code in codes if code.isdecimal()]
    return or_(rows.c.error_code.in_(numbers), rows.c.problem.in_(codes), rows.c.reason.in_(codes))


def mentions(text: str) -> ColumnElement[bool]:
    """In the row's cells, which are JSON (accents may be escaped there), its number, or its message SID."""
    # Backslashes are doubled in JSON, and a quotation mark is escaped: search for what is really stored.
    stored = {json.dumps(text, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    conditions = [rows.c.cells.icontains(form, autoescape=True) for form in sorted(stored)]
    conditions.append(rows.c.message_sid == text)
    digits = "".join(filter(str.isdecimal, text))
    if len(digits) >= _FEWEST_DIGITS and not any(map(str.isalpha, text)):
        conditions.append(rows.c.recipient.contains(digits, autoescape=True))
    return or_(*conditions)
