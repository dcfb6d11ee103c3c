"""Stops a campaign by itself when it goes wrong: at once for the account's and sender's faults, else by share."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, text

from mms.send_options import SendOptions
from mms.states import RowState
from mms.twilio_codes import CodeAdvice, Family, explain

_FAILED = frozenset({RowState.REFUSED, RowState.FAILED, RowState.UNDELIVERED, RowState.UNKNOWN})
_ASKED = ("accepted", "sent", "delivered", "undelivered", "failed", "refused", "unknown")
_WITH_RECEIPT = ("sent", "delivered", "undelivered", "failed")
# Newest first, in the order of the list, which is the order of sending.
_NEWEST = text("""
SELECT state, error_code, http_status FROM mms_rows
WHERE campaign_id = :campaign AND row_number > :first AND row_number <= :last AND state IN :states
ORDER BY row_number DESC LIMIT :room
""").bindparams(bindparam("states", expanding=True))
_FAMILY_NAMES = {
    Family.FILTERING: "filtering by carriers",
    Family.MEDIA: "the picture",
    Family.CONTENT: "the text",
    Family.RECIPIENT: "wrong numbers",
    Family.THROUGHPUT: "too many messages at once",
    Family.TEMPORARY: "trouble at Twilio",
    Family.OPT_OUT: "people who opted out",
}


@dataclass(frozen=True, slots=True)
class DecidedRow:
    """A row about which something is known: state, Twilio's code, HTTP status."""

    state: RowState
    error_code: int | None
    http_status: int | None

    @property
    def advice(self) -> CodeAdvice:
        """What Twilio's code says."""
        return explain(self.error_code, self.http_status)

    @property
    def has_failed(self) -> bool:
        """Whether it counts against the campaign; an opt-out is the recipient's choice and does not."""
        return self.state in _FAILED and not self.advice.opt_out


@dataclass(frozen=True, slots=True)
class Offered:
    """Row numbers offered since the campaign was started or resumed: what was before has been looked at."""

    first: int  # the rows behind this one
    last: int


def why_stop(connection: Connection, campaign_id: int, offered: Offered, options: SendOptions) -> str | None:
    """Why the campaign must stop, in a sentence or two with what to do; None to go on.

    Looked at twice: among the last rows asked for, and among the last rows with a receipt, which come later.
    """
    for states in (_ASKED, _WITH_RECEIPT):
        values = {"campaign": campaign_id, "first": offered.first, "last": offered.last, "states": states}
        found = connection.execute(_NEWEST, {**values, "room": options.breaker_window})
        why = verdict([DecidedRow(RowState(row.state), row.error_code, row.http_status) for row in found], options)
        if why:
            return why
    return None


def verdict(decided: Sequence[DecidedRow], options: SendOptions) -> str | None:
    """The same for rows already read. A full window is needed before a share counts: 2 of the first 3 say little."""
    failed = [row for row in decided if row.has_failed]
    fatal = next((row for row in failed if row.error_code is not None and row.advice.stops_campaign), None)
    if fatal:
        return f"{fatal.advice.meaning} {fatal.advice.advice}"
    if len(decided) < options.breaker_window or len(failed) <= options.breaker_share * len(decided):
        return None
    family, _ = Counter(row.advice.family for row in failed).most_common(1)[0]
    worst = next(row.advice for row in failed if row.advice.family is family)
    cause = _FAMILY_NAMES.get(family, family.value.replace("_", " "))
    return f"{len(failed)} of the last {len(decided)} messages failed, mostly because of {cause}. {worst.advice}"
