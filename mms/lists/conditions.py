"""What a segment asks for: each condition as a value that is stored, and as SQL over a list's people.

Conditions about messages look at the ledger of one mode: what was only practised says nothing about live messages.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select

from mms.errors import CampaignError
from mms.ledger.tables import campaigns, clicks, dead_numbers, list_people, opt_outs, replies, rows
from mms.links.visitors import Who
from mms.states import WENT_OUT, RowState
from mms.twilio_codes import ALL
from mms.twilio_codes.advice import Retry

_DAY = 86_400.0
_OFFERED = (*WENT_OUT, RowState.UNDELIVERED, RowState.FAILED)
ANOTHER_TRY = sorted(code for code, advice in ALL.items() if advice.retry in (Retry.WAIT, Retry.FIX))
"""Twilio's codes after which another message may arrive."""


class Asks(StrEnum):
    """What a condition is about."""

    COLUMN_IS = "column_is"
    COLUMN_IS_NOT = "column_is_not"
    COLUMN_CONTAINS = "column_contains"
    COLUMN_IS_BLANK = "column_is_blank"
    COLUMN_IS_FILLED = "column_is_filled"
    MESSAGE_WITHIN = "message_within"  # days
    NO_MESSAGE_WITHIN = "no_message_within"
    LAST_ARRIVED = "last_arrived"
    LAST_FAILED = "last_failed"
    WORTH_ANOTHER_TRY = "worth_another_try"
    GOT_CAMPAIGN = "got_campaign"
    DID_NOT_GET_CAMPAIGN = "did_not_get_campaign"
    REPLIED = "replied"
    DID_NOT_REPLY = "did_not_reply"
    OPENED_LINK = "opened_link"  # of a campaign
    DID_NOT_OPEN_LINK = "did_not_open_link"  # though the campaign reached the person
    DAY_IS = "day_is"  # a day of the year, so many days from today
    HAS_CONSENT = "has_consent"


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of a segment. `column` and `value` as far as what is asked needs them; days and ids as whole numbers."""

    asks: Asks
    column: str = ""
    value: str = ""

    @property
    def number(self) -> int:
        """The value as a whole number. Raises CampaignError: code `condition`."""
        try:
            return int(self.value)
        except ValueError:
            raise CampaignError("A condition needs a whole number, such as 30.", code="condition") from None

    def as_json(self) -> dict[str, str]:
        """As it is stored."""
        return {"asks": self.asks.value, "column": self.column, "value": self.value}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Condition":
        """As it was stored. Raises CampaignError: code `condition` for what this version does not know."""
        try:
            return cls(Asks(stored["asks"]), str(stored.get("column", "")), str(stored.get("value", "")))
        except (KeyError, ValueError):
            raise CampaignError("A condition of this segment is not known here.", code="condition") from None


@dataclass(frozen=True, slots=True)
class Moment:
    """When and for which messages conditions are asked: seconds since 1970, the day there, and the mode."""

    now: float
    today: date
    mode: str


_Asked = Callable[[Condition, Moment], ColumnElement[bool]]


def people_where(
    list_id: int, conditions: Sequence[Condition], moment: Moment, *, any_of_them: bool = False
) -> ColumnElement[bool]:
    """The condition on `mms_list_people`; without conditions everybody of the list."""
    found = [_SQL[one.asks](one, moment) for one in conditions]
    joined = or_(*found) if any_of_them and found else and_(True, *found)
    return and_(list_people.c.list_id == list_id, joined)


def can_be_reached() -> ColumnElement[bool]:
    """Neither opted out nor a number that can never get a message."""
    out = exists().where(opt_outs.c.recipient == list_people.c.recipient)
    dead = exists().where(dead_numbers.c.recipient == list_people.c.recipient, dead_numbers.c.undone_at.is_(None))
    return and_(not_(out), not_(dead))


def _cell(condition: Condition) -> ColumnElement[str]:
    return func.coalesce(list_people.c.cells[condition.column].as_string(), "")


def _is(condition: Condition, _moment: Moment) -> ColumnElement[bool]:
    return func.lower(_cell(condition)) == condition.value.strip().lower()


def _contains(condition: Condition, _moment: Moment) -> ColumnElement[bool]:
    return func.lower(_cell(condition)).contains(condition.value.strip().lower(), autoescape=True)


def _is_blank(condition: Condition, _moment: Moment) -> ColumnElement[bool]:
    return _cell(condition) == ""


def _messages(moment: Moment, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        rows.c.recipient == list_people.c.recipient,
        rows.c.campaign_id == campaigns.c.id,
        campaigns.c.mode == moment.mode,
        *where,
    )


def _message_within(condition: Condition, moment: Moment) -> ColumnElement[bool]:
    since = moment.now - condition.number * _DAY
    return _messages(moment, rows.c.state.in_(_OFFERED), func.coalesce(rows.c.sent_at, rows.c.updated_at) >= since)


def _got(condition: Condition, moment: Moment) -> ColumnElement[bool]:
    return _messages(moment, rows.c.campaign_id == condition.number, rows.c.state.in_(WENT_OUT))


def _did_not_get(condition: Condition, moment: Moment) -> ColumnElement[bool]:
    """Nor may have got it, nor is about to: who is left out for having got it must not get the next one as well."""
    may_get_it = (*WENT_OUT, RowState.SENDING, RowState.UNKNOWN, RowState.READY)
    return not_(_messages(moment, rows.c.campaign_id == condition.number, rows.c.state.in_(may_get_it)))


def _last(moment: Moment, column: Any) -> ColumnElement[Any]:
    """Of the last message to the person that Twilio took or refused on its way."""
    query = (
        select(column)
        .join(campaigns, campaigns.c.id == rows.c.campaign_id)
        .where(rows.c.recipient == list_people.c.recipient, campaigns.c.mode == moment.mode)
        .where(rows.c.state.in_((*_OFFERED, RowState.REFUSED)))
        .order_by(func.coalesce(rows.c.sent_at, rows.c.updated_at).desc(), rows.c.id.desc())
        .limit(1)
    )
    return query.correlate(list_people).scalar_subquery()


def _last_arrived(_condition: Condition, moment: Moment) -> ColumnElement[bool]:
    return _last(moment, rows.c.state) == RowState.DELIVERED


def _last_failed(_condition: Condition, moment: Moment) -> ColumnElement[bool]:
    return _last(moment, rows.c.state).in_((RowState.UNDELIVERED, RowState.FAILED, RowState.REFUSED))


def _another_try(condition: Condition, moment: Moment) -> ColumnElement[bool]:
    return and_(_last_failed(condition, moment), _last(moment, rows.c.error_code).in_(ANOTHER_TRY))


def _replied(condition: Condition, moment: Moment) -> ColumnElement[bool]:
    """Within so many days; without a number ever."""
    wrote = [replies.c.sender == list_people.c.recipient, replies.c.keyword.is_(None)]
    if condition.value:
        wrote.append(replies.c.at >= moment.now - condition.number * _DAY)
    return exists().where(*wrote)


def _opened(condition: Condition, moment: Moment) -> ColumnElement[bool]:
    """Machines do not count."""
    by_person = (clicks.c.row_id == rows.c.id) & (clicks.c.who == Who.PERSON.value)
    return _messages(moment, rows.c.campaign_id == condition.number, exists().where(by_person))


def _did_not_open(condition: Condition, moment: Moment) -> ColumnElement[bool]:
    return and_(_got(condition, moment), not_(_opened(condition, moment)))


def _day_is(condition: Condition, moment: Moment) -> ColumnElement[bool]:
    """A person born on 29 February has their day on the 28th in other years."""
    day = moment.today + timedelta(days=condition.number if condition.value else 0)
    wanted = [f"{day:%m-%d}"]
    if wanted == ["02-28"] and (day + timedelta(days=1)).month == 3:
        wanted.append("02-29")
    day_of_person: ColumnElement[str] = list_people.c.days[condition.column].as_string()
    return day_of_person.in_(wanted)


def _not(
    what: Callable[[Condition, Moment], ColumnElement[bool]],
) -> Callable[[Condition, Moment], ColumnElement[bool]]:
    return lambda condition, moment: not_(what(condition, moment))


def _has_consent(_condition: Condition, _moment: Moment) -> ColumnElement[bool]:
    return or_(list_people.c.consent_at.is_not(None), list_people.c.consent_text.is_not(None))


_SQL: Mapping[Asks, _Asked] = {
    Asks.COLUMN_IS: _is,
    Asks.COLUMN_IS_NOT: _not(_is),
    Asks.COLUMN_CONTAINS: _contains,
    Asks.COLUMN_IS_BLANK: _is_blank,
    Asks.COLUMN_IS_FILLED: _not(_is_blank),
    Asks.MESSAGE_WITHIN: _message_within,
    Asks.NO_MESSAGE_WITHIN: _not(_message_within),
    Asks.LAST_ARRIVED: _last_arrived,
    Asks.LAST_FAILED: _last_failed,
    Asks.WORTH_ANOTHER_TRY: _another_try,
    Asks.GOT_CAMPAIGN: _got,
    Asks.DID_NOT_GET_CAMPAIGN: _did_not_get,
    Asks.REPLIED: _replied,
    Asks.DID_NOT_REPLY: _not(_replied),
    Asks.OPENED_LINK: _opened,
    Asks.DID_NOT_OPEN_LINK: _did_not_open,
    Asks.DAY_IS: _day_is,
    Asks.HAS_CONSENT: _has_consent,
}
