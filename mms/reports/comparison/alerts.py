"""Warnings about a campaign, by thresholds that people can edit (option `alarms`)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from sqlalchemy import Connection

from mms.errors import MmsError
from mms.ledger.audit import note
from mms.ledger.options import option, set_option
from mms.reports.comparison.metrics import Figures
from mms.roles import Permission, User, require

OPTION = "alarms"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Shares between 0 and 1. Below `fewest` decided messages a share says nothing."""

    delivery_below: float = 0.90
    filtering_above: float = 0.02
    opt_outs_above: float = 0.02
    fewest: int = 50

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Thresholds from the ledger; names of other versions are left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: item for name, item in value.items() if name in known})


@dataclass(frozen=True, slots=True)
class Alert:
    """One threshold passed: `delivery`, `filtering` or `opt_outs`, with the sentence for the page."""

    kind: str
    share: float
    sentence: str


def thresholds(connection: Connection) -> Thresholds:
    """Those in force."""
    return Thresholds.from_json(option(connection, OPTION, {}))


def store_thresholds(connection: Connection, new: Thresholds, *, at: float, by: User) -> None:
    """Put other thresholds in force. Raises NotAllowed, and MmsError: code `alarms` when one is not a share."""
    require(by, Permission.CHANGE_SETTINGS)
    if not all(0 <= share <= 1 for share in (new.delivery_below, new.filtering_above, new.opt_outs_above)):
        raise MmsError("Thresholds are shares between 0 % and 100 %.", code="alarms")
    set_option(connection, OPTION, asdict(new), at=at, by=by.name)
    note(connection, by.name, "alarms.change", at=at)


def alerts(figures: Figures, limits: Thresholds) -> list[Alert]:
    """What needs a look, the most urgent first; empty when all is well or too little is known."""
    if figures.decided < limits.fewest:
        return []
    filtered, delivered, gone = figures.filtering_share, figures.delivery_rate, figures.opt_out_share
    found = []
    if filtered is not None and filtered > limits.filtering_above:
        found.append(Alert("filtering", filtered, f"Carriers filtered {filtered:.1%} as spam. {_FILTERING}"))
    if delivered is not None and delivered < limits.delivery_below:
        found.append(Alert("delivery", delivered, f"Only {delivered:.1%} arrived. {_DELIVERY}"))
    if gone is not None and gone > limits.opt_outs_above:
        found.append(Alert("opt_outs", gone, f"{gone:.1%} answered STOP. {_OPT_OUTS}"))
    return found


_FILTERING = "Change the text before you send more: no public link shorteners, name your brand, say how to stop."
_DELIVERY = "Look at the failures by reason, and mend the list before the next campaign."
_OPT_OUTS = "Check that these people agreed to get messages, and send them less often."
