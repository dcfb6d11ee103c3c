"""A campaign's links: how many people opened them, which, when, and on what. Machines stand apart."""

from dataclasses import dataclass, field

from sqlalchemy import BigInteger, Connection, Integer, cast, distinct, func, literal_column, select

from mms.ledger.tables import clicks
from mms.links.clicks import ClickCounts, click_counts
from mms.links.visitors import Who
from mms.message.links import links_in

HOUR = 3600


@dataclass(frozen=True, slots=True)
class LinkVisits:
    """One reading."""

    counts: ClickCounts
    by_hour: dict[int, dict[Who, int]] = field(default_factory=dict)  # start of the hour, seconds since 1970
    by_link: dict[int, tuple[int, int]] = field(default_factory=dict)  # place: people, clicks
    by_device: dict[str, int] = field(default_factory=dict)  # people


def link_visits(connection: Connection, campaign_id: int) -> LinkVisits:
    """Everything that is known of the visits, counted by the database."""
    of_campaign = clicks.c.campaign_id == campaign_id
    by_person = (of_campaign, clicks.c.who == Who.PERSON.value)
    hour = cast(clicks.c.at, BigInteger) // literal_column(str(HOUR), Integer)
    by_hour: dict[int, dict[Who, int]] = {}
    query = select(hour, clicks.c.who, func.count()).where(of_campaign).group_by(hour, clicks.c.who).order_by(hour)
    for place, who, count in connection.execute(query):
        by_hour.setdefault(place * HOUR, {})[Who(who)] = count
    people = func.count(distinct(clicks.c.row_id))
    links = select(clicks.c.place, people, func.count()).where(*by_person).group_by(clicks.c.place)
    devices = select(clicks.c.device, people).where(*by_person).group_by(clicks.c.device)
    return LinkVisits(
        click_counts(connection, [campaign_id]).get(campaign_id, ClickCounts()),
        by_hour,
        {place: (them, visits) for place, them, visits in connection.execute(links.order_by(clicks.c.place))},
        {device or "other": them for device, them in connection.execute(devices.order_by(people.desc()))},
    )


def link_labels(body: str) -> tuple[str, ...]:
    """The links of a campaign's text as it was written, merge fields and all."""
    return links_in(body)
