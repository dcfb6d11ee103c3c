"""The data dictionary of the report: what each column that we add holds, and how a program should read it."""

from dataclasses import dataclass
from enum import StrEnum

from mms.recipients import REPORT_COLUMNS


class Kind(StrEnum):
    """How a column is read."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """One column of the contract."""

    name: str
    kind: Kind
    meaning: str


_TEXT, _NUMBER, _TIME = Kind.TEXT, Kind.NUMBER, Kind.TIME
_COLUMNS = (
    ReportColumn("row", _NUMBER, "The number that the spreadsheet shows; the header is row 1."),
    ReportColumn("to", _TEXT, "The number as it was used (E.164). Read it as text; empty where there is none."),
    ReportColumn("result", _TEXT, "The state of the row, see the glossary."),
    ReportColumn("reason", _TEXT, "What happened, in words; for a skipped row its code, such as opted_out."),
    ReportColumn("advice", _TEXT, "What to do about it; empty when there is nothing to do."),
    ReportColumn("error_code", _TEXT, "Twilio's code, or ours for a row that was left out. Read it as text."),
    ReportColumn("message_sid", _TEXT, "Twilio's number for the message."),
    ReportColumn("attempts", _NUMBER, "How often Twilio was asked."),
    ReportColumn("sent_at", _TIME, "When Twilio took the message; the same as accepted_at."),
    ReportColumn("updated_at", _TIME, "When the result last changed."),
    ReportColumn("price", _NUMBER, "What Twilio charged, without carrier fees; empty until Twilio has said it."),
    ReportColumn("campaign_id", _NUMBER, "The campaign's number."),
    ReportColumn("campaign", _TEXT, "The campaign's name."),
    ReportColumn("from", _TEXT, "The number or messaging service that the message came from."),
    ReportColumn("channel", _TEXT, "mms with a picture, sms without one."),
    ReportColumn("segments", _NUMBER, "Parts that a text is charged by; a picture message is one."),
    ReportColumn("accepted_at", _TIME, "When Twilio took the message."),
    ReportColumn(
        "delivered_at", _TIME, "When the carrier reported that it reached the phone; empty without a receipt."
    ),
    ReportColumn("coupon", _TEXT, "The coupon code that this person got; empty without one."),
)
DICTIONARY: dict[str, ReportColumn] = {column.name: column for column in _COLUMNS}
"""By name, in the order of the report."""

PANDAS = (
    'pd.read_csv("report.csv", dtype={"to": "string", "from": "string", "error_code": "string"}, '
    'parse_dates=["sent_at", "updated_at", "accepted_at", "delivered_at"])'
)
"""One line that reads the CSV right: a number in E.164 form would lose its plus, a code would become 30007.0."""


def places_of(kind: Kind, width: int) -> frozenset[int]:
    """Where the columns of this kind stand, counted from 0, behind `width` columns of the upload."""
    return frozenset(width + at for at, name in enumerate(REPORT_COLUMNS) if DICTIONARY[name].kind is kind)
