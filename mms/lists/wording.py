"""Conditions in words, and what each of them needs to be told."""

from collections.abc import Mapping
from dataclasses import dataclass

from mms.lists.conditions import Asks, Condition


@dataclass(frozen=True, slots=True)
class Needs:
    """How a condition is offered, what it has to be told, and how it reads once told."""

    label: str
    sentence: str  # with {column} and {value}
    column: bool = False
    text: bool = False
    days: bool = False
    campaign: bool = False
    usual_days: int = 30


NEEDS: Mapping[Asks, Needs] = {
    Asks.COLUMN_IS: Needs("a column is …", "{column} is “{value}”", column=True, text=True),
    Asks.COLUMN_IS_NOT: Needs("a column is not …", "{column} is not “{value}”", column=True, text=True),
    Asks.COLUMN_CONTAINS: Needs("a column contains …", "{column} contains “{value}”", column=True, text=True),
    Asks.COLUMN_IS_FILLED: Needs("a column is filled in", "{column} is filled in", column=True),
    Asks.COLUMN_IS_BLANK: Needs("a column is blank", "{column} is blank", column=True),
    Asks.DAY_IS: Needs(
        "a yearly day (birthday) is in … days", "{column} is in {value} days", column=True, days=True, usual_days=0
    ),
    Asks.NO_MESSAGE_WITHIN: Needs("got no message for … days", "got no message for {value} days", days=True),
    Asks.MESSAGE_WITHIN: Needs("got a message within … days", "got a message within {value} days", days=True),
    Asks.GOT_CAMPAIGN: Needs("got the campaign …", "got “{value}”", campaign=True),
    Asks.DID_NOT_GET_CAMPAIGN: Needs("did not get the campaign …", "did not get “{value}”", campaign=True),
    Asks.LAST_ARRIVED: Needs("the last message arrived", "the last message arrived"),
    Asks.LAST_FAILED: Needs("the last message did not arrive", "the last message did not arrive"),
    Asks.WORTH_ANOTHER_TRY: Needs("failed, and another try can help", "failed, and another try can help"),
    Asks.REPLIED: Needs("replied within … days", "replied within {value} days", days=True),
    Asks.DID_NOT_REPLY: Needs("did not reply within … days", "did not reply within {value} days", days=True),
    Asks.OPENED_LINK: Needs("opened a link of the campaign …", "opened a link of “{value}”", campaign=True),
    Asks.DID_NOT_OPEN_LINK: Needs(
        "got the campaign … and opened no link", "got “{value}” and opened no link", campaign=True
    ),
    Asks.HAS_CONSENT: Needs("has agreed to messages", "has agreed to messages"),
}
"""In the order in which they are offered."""


def said(condition: Condition, campaigns: Mapping[int, str]) -> str:
    """The condition as a sentence; campaigns by their names."""
    needs = NEEDS[condition.asks]
    value = condition.value
    if needs.campaign:
        value = campaigns.get(condition.number, f"campaign {condition.value}")
    if condition.asks is Asks.DAY_IS and value in ("", "0"):
        return f"{condition.column} is today"
    return needs.sentence.format(column=condition.column, value=value)
