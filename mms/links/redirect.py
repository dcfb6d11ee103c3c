"""Where a short link leads: to that link of the very text that its person got, and nowhere else."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from mms.ledger.tables import campaigns, rows
from mms.links.codes import read_code
from mms.message.content import values_of
from mms.message.links import links_in, tagged
from mms.message.names import squeeze
from mms.message.template import Template
from mms.send_options import SendOptions
from mms.versions.version import version_of_row, versions_of

_COUPON = squeeze("coupon")


@dataclass(frozen=True, slots=True)
class Target:
    """An opened link: whose it is and where it leads."""

    url: str
    row_id: int
    campaign_id: int
    place: int  # which link of the text, from 0
    sent_at: float | None  # when Twilio took the message, or was asked for it


def target_of(connection: Connection, text: str) -> Target | None:
    """Where this code leads; None for one that nobody has, or whose message was deleted by now."""
    code = read_code(text)
    if code is None:
        return None
    query = (
        select(
            rows.c.id, rows.c.campaign_id, rows.c.cells, rows.c.coupon,
            func.coalesce(rows.c.sent_at, rows.c.claimed_at).label("sent_at"),
            rows.c.version, campaigns.c.body, campaigns.c.columns, campaigns.c.options,
            campaigns.c.versions, campaigns.c.winner,
        )
        .join(campaigns, campaigns.c.id == rows.c.campaign_id)
        .where(rows.c.link == code[0])
        .order_by(rows.c.id.desc())
        .limit(1)
    )  # fmt: skip
    found = connection.execute(query).one_or_none()
    if found is None:
        return None
    cells = json.loads(found.cells)
    values = values_of(found.columns[: len(cells)], cells)
    if found.coupon:
        values[_COUPON] = found.coupon
    version = version_of_row(versions_of(found.versions), found.version, found.winner)
    links = links_in(Template.parse(version.body if version else found.body).render(values))
    if code[1] >= len(links):
        return None
    url = tagged(links[code[1]], SendOptions.from_json(found.options).utm)
    if not url.startswith(("http://", "https://")):
        return None
    return Target(url, found.id, found.campaign_id, code[1], found.sent_at)
