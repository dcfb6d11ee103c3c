"""What is asked before messages go to real people, one rule for all entrances; and what it does to the budget."""

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum

from mms.ledger import Ledger
from mms.reports.cost.budget import over_budget
from mms.settings import Settings
from mms.twilio_client.registration import Light


class Question(StrEnum):
    """What a person has to say on purpose."""

    BLOCKED = "blocked"  # carriers will surely not let it through
    UNTESTED = "untested"  # nothing ever went out from this sender
    NUMBER = "number"  # so many people that the number is typed


def questions(light: Light, *, is_tested: bool, people: int, confirm_above: int) -> Iterator[Question]:
    """Those that are open for a launch, in the order in which they are asked."""
    if light is Light.RED:
        yield Question.BLOCKED
    if not is_tested:
        yield Question.UNTESTED
    if people >= confirm_above:
        yield Question.NUMBER


def is_typed(people: int, text: str) -> bool:
    """Whether the number was typed, in whatever way a person groups its digits."""
    return "".join(character for character in text if character.isdecimal()) == str(people)


def excess(settings: Settings, ledger: Ledger, forecast: Decimal) -> Decimal | None:
    """By how much the month goes over its budget with this launch; None when it does not, and in practice."""
    if settings.is_practice or settings.monthly_budget is None:
        return None
    with ledger.read() as connection:
        return over_budget(connection, settings.monthly_budget, forecast, ledger.now(connection))
