"""The comparison of campaigns as a file: the columns of the page, with figures that a spreadsheet can count with."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, tzinfo

from mms.recipients import csv_bytes
from mms.reports.comparison.metrics import Figures
from mms.twilio_codes import Family
from mms.words import FAMILY_LABELS

_BEFORE = ("Number", "Name", "Made", "Rows", "With a result", "Arrived", "Delivery rate")
_AFTER = ("Opt-outs", "Cost", "Seconds to deliver", "Tags")


def families_of(found: Sequence[Figures]) -> list[Family]:
    """The families of failure that occur in these campaigns, the most frequent first."""
    together = sum((one.families for one in found), Counter[Family]())
    return [family for family, count in together.most_common() if count]


def family_column(family: Family) -> str:
    """Heading of the column that counts the failures of one family."""
    return f"Failed: {FAMILY_LABELS[family]}"


def comparison_csv(found: Sequence[Figures], where: tzinfo) -> bytes:
    """One line for each campaign, in the given order; formula-safe as the reports are. Times in `where`, ISO 8601."""
    families = families_of(found)
    header = [*_BEFORE, *map(family_column, families), *_AFTER]
    return csv_bytes(header, [_line(one, families, where) for one in found])


def _line(one: Figures, families: Sequence[Family], where: tzinfo) -> list[str]:
    made = datetime.fromtimestamp(one.campaign.created_at, where)
    rate, seconds = one.delivery_rate, one.seconds_to_deliver
    return [
        str(one.campaign.id),
        one.campaign.name,
        made.isoformat(timespec="seconds"),
        str(one.campaign.row_count),
        str(one.decided),
        str(one.arrived),
        "" if rate is None else f"{rate:.4f}",
        *(str(one.families[family]) for family in families),
        str(one.opt_outs),
        f"{one.cost:.4f}",
        "" if seconds is None else f"{seconds:.0f}",
        ", ".join(one.campaign.tags),
    ]
