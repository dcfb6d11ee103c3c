"""One campaign against one's own usual: the median of the ten before it, figure by figure."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from sqlalchemy import Connection

from mms.reports.comparison.campaign_list import CampaignFilter, campaigns_by_id, matching_ids
from mms.reports.comparison.metrics import Figures, compare
from mms.reports.comparison.reply_counts import reply_counts
from mms.reports.counts import Part
from mms.reports.timestamps import seconds_text
from mms.states import CampaignState

LAST = 10
_ENDED = (CampaignState.FINISHED, CampaignState.CANCELED)


@dataclass(frozen=True, slots=True)
class Standing:
    """One figure: this campaign's, and the median of those before it that know it. None: not known."""

    name: str
    meaning: str
    this: float | None
    usual: float | None
    of: int  # how many campaigns the median is of
    text: Callable[[float], str]

    @property
    def words(self) -> tuple[str, str]:
        """Both as a person reads them."""
        return self._said(self.this), self._said(self.usual)

    def _said(self, value: float | None) -> str:
        return "not known" if value is None else self.text(value)


@dataclass(frozen=True, slots=True)
class _Read:
    figures: Figures
    replied: int


def against_usual(connection: Connection, campaign_id: int) -> list[Standing]:
    """The figures of a campaign beside the median of up to ten before it, sent in the same mode and over.

    Empty while there is none before it, or nothing of this one was handed over.
    """
    views = campaigns_by_id(connection, [campaign_id])
    if not views:
        return []
    (this,) = views
    before = CampaignFilter(mode=this.mode, states=_ENDED, until=this.sent_on)
    ids = [one for one in matching_ids(connection, before) if one != campaign_id][:LAST]
    replied = reply_counts(connection, [campaign_id, *ids])
    read = [_Read(one, replied.get(one.campaign.id, 0)) for one in compare(connection, [campaign_id, *ids])]
    sent = [one for one in read if one.figures.counts.handed_over]
    if len(sent) < 2 or sent[0].figures.campaign.id != campaign_id:
        return []
    return [_standing(name, sent) for name in _FIGURES]


def _standing(name: str, sent: list[_Read]) -> Standing:
    figure = _FIGURES[name]
    known = [value for one in sent[1:] if (value := figure.of(one)) is not None]
    return Standing(name, figure.meaning, figure.of(sent[0]), median(known) if known else None, len(known), figure.text)


@dataclass(frozen=True, slots=True)
class _Figure:
    meaning: str
    of: Callable[[_Read], float | None]
    text: Callable[[float], str]


def _share(part: Part) -> Callable[[_Read], float]:
    return lambda one: one.figures.counts[part] / one.figures.counts.handed_over


def _per_thousand(count: int | None, one: _Read) -> float | None:
    return None if count is None else 1000 * count / one.figures.counts.handed_over


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _cost_each(one: _Read) -> float | None:
    each = one.figures.cost_per_delivered
    return None if each is None else float(each)


_FIGURES = {
    "Delivered": _Figure("With a delivery receipt, of those handed over.", _share(Part.DELIVERED), _percent),
    "Not arrived": _Figure("Reported as lost, of those handed over.", _share(Part.NOT_ARRIVED), _percent),
    "Half delivered within": _Figure(
        "From Twilio's yes to the carrier's receipt.",
        lambda one: None if one.figures.to_deliver is None else one.figures.to_deliver.median,
        seconds_text,
    ),
    "Replies per thousand": _Figure(
        "People who wrote back, for each thousand handed over.",
        lambda one: _per_thousand(one.replied if one.replied or one.figures.opt_outs is not None else None, one),
        lambda value: f"{value:.1f}",
    ),
    "Opt-outs per thousand": _Figure(
        "People who answered STOP, for each thousand handed over.",
        lambda one: _per_thousand(one.figures.opt_outs, one),
        lambda value: f"{value:.1f}",
    ),
    "Charged per delivered": _Figure(
        "What Twilio has charged so far, for each message with a delivery receipt; fees are not in it.",
        _cost_each,
        lambda value: f"${value:.4f}",
    ),
}
