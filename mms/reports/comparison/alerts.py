"""Warnings about a campaign, by thresholds that people can edit (option `alarms`)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from sqlalchemy import Connection

from mms.errors import MmsError
from mms.ledger.audit import note
from mms.ledger.options import option, set_option
from mms.reports.comparison.intervals import share_interval
from mms.reports.comparison.metrics import Figures
from mms.reports.counts import Part
from mms.roles import Permission, User, require

OPTION = "alarms"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Shares between 0 and 1. Below `fewest` messages with a result a share says nothing."""

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
    """What needs a look, the most urgent first; empty when all is well or too little is known to say."""
    decided = figures.counts.handed_over - figures.counts[Part.ON_THE_WAY]
    if decided < limits.fewest:
        return []
    arrived = figures.counts[Part.DELIVERED] + figures.counts[Part.SENT]
    found = []
    if _is_surely_above(figures.filtered, decided, limits.filtering_above):
        found.append(_alert("filtering", figures.filtered, decided, "were filtered by carriers as spam", _FILTERING))
    if share_interval(arrived, decided)[1] < limits.delivery_below:
        found.append(_alert("delivery", arrived, decided, "arrived", _DELIVERY))
    if figures.opt_outs is not None and _is_surely_above(figures.opt_outs, arrived, limits.opt_outs_above):
        found.append(_alert("opt_outs", figures.opt_outs, arrived, "answered STOP", _OPT_OUTS))
    return found


def _is_surely_above(count: int, of: int, limit: float) -> bool:
    """Not by chance: there are some, and the lower end of the interval is above the limit."""
    return count >= _FEWEST_SEEN and share_interval(count, of)[0] > limit


def _alert(kind: str, count: int, of: int, what: str, advice: str) -> Alert:
    share = count / of
    most = "At most " if kind == "delivery" else ""
    return Alert(kind, share, f"{most}{count:,} of {of:,} messages ({share:.1%}) {what}. {advice}")


_FEWEST_SEEN = 5  # fewer are chance
_FILTERING = "Change the text before you send more: no public link shorteners, name your brand, say how to stop."
_DELIVERY = "Look at the failures by reason, and fix the list before the next campaign."
_OPT_OUTS = "Check that these people agreed to get messages, and send them less often."
