"""One span of time in figures, all its campaigns together."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection

from mms.reports.comparison.campaign_list import CampaignFilter
from mms.reports.comparison.metrics import compare
from mms.reports.counts import NOTHING, Band, Counts
from mms.twilio_codes import Family


@dataclass(frozen=True, slots=True)
class Together:
    """Sums over campaigns; `opt_outs` is None where nobody can say."""

    campaigns: int
    counts: Counts
    families: Counter[Family]  # of failures
    opt_outs: int | None

    @property
    def arrived(self) -> Band:
        """The share that arrived of what was handed over."""
        return self.counts.arrived


def together(connection: Connection, which: CampaignFilter, *, hears_replies: bool) -> Together:
    """The campaigns of the filter, also those that still run, from one reading."""
    found = compare(connection, which, hears_replies=hears_replies, timed=False)
    families: Counter[Family] = Counter()
    for one in found:
        families.update(one.families)
    said = [one.opt_outs for one in found if one.opt_outs is not None]
    opt_outs = sum(said) if said or not found else None
    return Together(len(found), sum((one.counts for one in found), NOTHING), families, opt_outs)
