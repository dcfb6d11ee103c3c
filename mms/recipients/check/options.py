"""What a check takes into account besides the upload."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from mms.message import MessageTemplate
from mms.phones import PhoneRules


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """`opted_out` and `own_numbers` in E.164. `phone_column` None: found by name and content.

    Of rows with the same number the first is sent to, unless `chosen_rows` (spreadsheet rows) names others;
    several chosen rows of one number are all sent to, and with `keep_duplicates` every row is.
    Rows whose consent column says no are left out, unless `include_no_consent`.
    Consent given before `consent_before` raises a warning, where the list has a column with its date.
    """

    phone_column: str | None = None
    region: str = "US"
    allow_fictional: bool = False
    other_countries: bool = False
    own_numbers: frozenset[str] = frozenset()
    opted_out: Collection[str] = frozenset()
    chosen_rows: frozenset[int] = frozenset()
    keep_duplicates: bool = False
    message: MessageTemplate | None = None
    max_rows: int | None = None
    consent_before: dt.date | None = None
    include_no_consent: bool = False

    @property
    def phone_rules(self) -> PhoneRules:
        """The part of these options that concerns one number."""
        return PhoneRules(self.region, self.allow_fictional, self.other_countries, self.own_numbers)
