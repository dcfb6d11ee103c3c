"""The comparison of campaigns as a file: the columns of the page, with figures that a spreadsheet can count with."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, tzinfo

from mms.ledger import Ledger
from mms.recipients import csv_bytes
from mms.reports.comparison.campaign_list import CampaignFilter
from mms.reports.comparison.metrics import Figures, compare
from mms.reports.counts import NOT_KNOWN, WORDS
from mms.twilio_codes import Family
from mms.words import CAMPAIGN_WORDS, FAMILY_LABELS

_BEFORE = ("Number", "Name", "State", "Sent on", *(word.label for word in WORDS))
_RATES = ("Arrived at least", "Arrived at most")
_AFTER = ("Opt-outs", "Charged", "Charged per delivered", "Seconds to deliver (median)", "Seconds (95 of 100)")
_LAST = ("From", "Tags")


def families_of(found: Sequence[Figures]) -> list[Family]:
    """The families of failure that occur in these campaigns, the most frequent first."""
    together = sum((one.families for one in found), Counter[Family]())
    return [family for family, count in together.most_common() if count]


def family_column(family: Family) -> str:
    """Heading of the column that counts the failures of one family."""
    return f"Failed: {FAMILY_LABELS[family]}"


def comparison_of(ledger: Ledger, which: CampaignFilter, where: tzinfo, *, hears_replies: bool) -> bytes:
    """The file of all campaigns that a filter finds, read when it is asked for."""
    with ledger.read() as connection:
        return comparison_csv(compare(connection, which, hears_replies=hears_replies), where)


def comparison_csv(found: Sequence[Figures], where: tzinfo) -> bytes:
    """One line for each campaign, in the given order; formula-safe as the reports are. Times in `where`, ISO 8601."""
    families = families_of(found)
    header = [*_BEFORE, *_RATES, *map(family_column, families), *_AFTER, *_LAST]
    return csv_bytes(header, [_line(one, families, where) for one in found])


def _line(one: Figures, families: Sequence[Family], where: tzinfo) -> list[str]:
    sent_on = datetime.fromtimestamp(one.campaign.sent_on, where)
    counts, took, each = one.counts, one.to_deliver, one.cost_per_delivered
    return [
        str(one.campaign.id),
        one.campaign.name,
        CAMPAIGN_WORDS[one.campaign.state].label,
        sent_on.isoformat(timespec="seconds"),
        *(str(count) for count in (counts.in_the_list, counts.handed_over, *counts.parts.values())),
        *("" if share is None else f"{share:.4f}" for share in (counts.arrived.low, counts.arrived.high)),
        *(str(one.families[family]) for family in families),
        NOT_KNOWN if one.opt_outs is None else str(one.opt_outs),
        f"{one.cost:.4f}",
        "" if each is None else f"{each:.4f}",
        *(["", ""] if took is None else [f"{took.median:.1f}", f"{took.p95:.1f}"]),
        one.campaign.sender_address,
        ", ".join(one.campaign.tags),
    ]
