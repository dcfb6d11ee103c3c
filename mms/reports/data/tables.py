"""The schema of the exported tables, with its version. Columns are only added, at the end; else the version grows."""

import pyarrow as pa

from mms.reports.counts import HANDED_OVER, IN_THE_LIST, PARTS, Part

SCHEMA_VERSION = 1
_TIME = pa.timestamp("ms", tz="UTC")
_TEXT, _WHOLE, _AMOUNT = pa.string(), pa.int64(), pa.float64()

Columns = tuple[tuple[str, pa.DataType, str], ...]

_EVENTS: Columns = (
    ("campaign_id", _WHOLE, "the campaign's number"),
    ("row", _WHOLE, "the row's number in the spreadsheet"),
    ("at", _TIME, "when it happened"),
    ("event", _TEXT, "asked, accepted, refused, busy, no_answer, receipt, ..."),
    ("status", _TEXT, "Twilio's word"),
    ("error_code", _WHOLE, "Twilio's code"),
    ("message_sid", _TEXT, "Twilio's number for the message"),
)
TABLES: dict[str, Columns] = {
    "campaigns": (
        ("campaign_id", _WHOLE, "the campaign's number"),
        ("campaign", _TEXT, "its name"),
        ("kind", _TEXT, "campaign, test or api"),
        ("mode", _TEXT, "live or practice"),
        ("state", _TEXT, "where it stands"),
        ("from", _TEXT, "the sender"),
        ("channel", _TEXT, "mms or sms; empty once the message is deleted"),
        ("tags", _TEXT, "its tags, with | between them"),
        ("parent_id", _WHOLE, "the campaign that it was made from"),
        ("created_at", _TIME, "when it was made"),
        ("started_at", _TIME, "when the first message was due"),
        ("finished_at", _TIME, "when the last one was handed over"),
        ("in_the_list", _WHOLE, IN_THE_LIST.meaning),
        ("handed_over", _WHOLE, HANDED_OVER.meaning),
        *((part.value, _WHOLE, PARTS[part].meaning) for part in Part),
        ("charged", _AMOUNT, "the sum of Twilio's prices so far, in US dollars, without carrier fees"),
    ),
    "rows": (
        ("campaign_id", _WHOLE, "the campaign's number"),
        ("row", _WHOLE, "the row's number in the spreadsheet"),
        ("to", _TEXT, "the number in E.164 form; masked unless asked for"),
        ("part", _TEXT, "what it counts as, see the glossary"),
        ("result", _TEXT, "the state of the row"),
        ("reason", _TEXT, "a skip code, or a word for what became of it"),
        ("problem", _TEXT, "our code for a row that was left out"),
        ("error_code", _WHOLE, "Twilio's code"),
        ("message_sid", _TEXT, "Twilio's number for the message"),
        ("attempts", _WHOLE, "how often Twilio was asked"),
        ("accepted_at", _TIME, "when Twilio took it"),
        ("delivered_at", _TIME, "when the carrier reported that it arrived"),
        ("updated_at", _TIME, "when the result last changed"),
        ("price", _AMOUNT, "what Twilio charged, in US dollars; empty while it is not known"),
        ("coupon", _TEXT, "the code that this person was given"),
        ("time_zone", _TEXT, "where the number is from"),
        ("cells", _TEXT, "the row as it was uploaded, a JSON object; empty where numbers are masked"),
    ),
    "attempts": _EVENTS,
    "receipts": _EVENTS,
    "replies": (
        ("campaign_id", _WHOLE, "the campaign that it answers, where known"),
        ("row", _WHOLE, "the row of that campaign"),
        ("at", _TIME, "when it came in"),
        ("from", _TEXT, "who wrote; masked unless asked for"),
        ("to", _TEXT, "our number"),
        ("keyword", _TEXT, "stop, start, help, or empty"),
        ("text", _TEXT, "what they wrote; numbers in it are masked unless asked for"),
    ),
    "clicks": (
        ("campaign_id", _WHOLE, "the campaign's number"),
        ("row", _WHOLE, "the row whose link it was"),
        ("at", _TIME, "when it was opened"),
        ("link", _WHOLE, "which link of the text, from 1"),
        ("who", _TEXT, "person, preview (a phone shows what is behind the link) or robot"),
        ("device", _TEXT, "iphone, android, computer or other; empty for machines"),
    ),
}


def schema_of(name: str) -> pa.Schema:
    """The columns of a table, each with its meaning, and the version of all of them."""
    fields = [pa.field(column, kind, metadata={"meaning": meaning}) for column, kind, meaning in TABLES[name]]
    return pa.schema(fields, metadata={"mms_schema_version": str(SCHEMA_VERSION), "mms_table": name})
