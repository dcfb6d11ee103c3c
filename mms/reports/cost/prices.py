"""The price table, as people edit it (option `prices`). Defaults: Twilio's US price page of October 2026.

Amounts are in US dollars per message (MMS) or per segment (SMS). Twilio changes prices: compare the date.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from sqlalchemy import Connection

from mms.errors import MmsError
from mms.ledger.audit import note
from mms.ledger.options import option, set_option
from mms.roles import Permission, User, require

OPTION = "prices"


@dataclass(frozen=True, slots=True)
class Prices:
    """Amounts as decimal text, so that they are stored as they were typed."""

    as_of: str = "2026-10"
    mms_long_code: str = "0.0220"
    mms_toll_free: str = "0.0220"
    mms_short_code: str = "0.0220"
    mms_canada: str = "0.0220"  # not confirmed; often the same as in the US
    sms_segment: str = "0.0083"  # also for a picture message that Twilio turns into a text with a link
    carrier_fee_low: str = "0.003"  # per MMS; older published values by carrier, an estimate
    carrier_fee_high: str = "0.010"
    failed_fee: str = "0.001"  # for a message that failed after Twilio took it; an estimate

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Prices from the ledger; names of other versions are left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: str(item) for name, item in value.items() if name in known})

    def amount(self, name: str) -> Decimal:
        """One entry of the table as a number."""
        return Decimal(getattr(self, name))

    def mms(self, sender_kind: str) -> Decimal:
        """One picture message within the US; a messaging service sends from long codes, as far as we can know."""
        kind = "long_code" if sender_kind == "service" else sender_kind
        return self.amount(f"mms_{kind}")


PRICE_LABELS = {
    "as_of": "Prices as of",
    "mms_long_code": "Picture message, local number",
    "mms_toll_free": "Picture message, toll-free number",
    "mms_short_code": "Picture message, short code",
    "mms_canada": "Picture message to Canada",
    "sms_segment": "Text, each segment",
    "carrier_fee_low": "Carrier fee, lowest",
    "carrier_fee_high": "Carrier fee, highest",
    "failed_fee": "Message that failed",
}


def prices(connection: Connection) -> Prices:
    """The table in force."""
    return Prices.from_json(option(connection, OPTION, {}))


def store_prices(connection: Connection, new: Prices, *, at: float, by: User) -> None:
    """Put another table in force. Raises NotAllowed, and MmsError: code `prices`, naming what is not an amount."""
    require(by, Permission.CHANGE_SETTINGS)
    for name, text in asdict(replace(new)).items():
        if name != "as_of" and not _is_amount(text):
            raise MmsError(f"“{PRICE_LABELS[name]}” must be an amount such as 0.0220.", code="prices")
    set_option(connection, OPTION, asdict(new), at=at, by=by.name)
    note(connection, by.name, "prices.change", at=at)


def _is_amount(text: str) -> bool:
    try:
        return 0 <= Decimal(text) < 1000
    except InvalidOperation:
        return False
