"""The one-page summary for whoever asks "how did it go": one HTML file, printable, no script, no network."""

from collections.abc import Iterable
from datetime import tzinfo
from html import escape
from importlib.resources import files

from sqlalchemy import Connection, select

from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.tables import campaigns, senders
from mms.reports.campaign.failures import Failure, failures_by_reason
from mms.reports.campaign.timeline import MILESTONES, Milestone, Stretch, status_over_time
from mms.reports.comparison.alerts import alerts, thresholds
from mms.reports.comparison.metrics import Durations, Figures, compare
from mms.reports.cost.campaign_cost import ActualCost, actual_cost, dollars
from mms.reports.cost.prices import prices
from mms.reports.counts import ARRIVED_MEANING, NOT_KNOWN, PARTS, Part
from mms.reports.files.charts import bars, columns, share_bar
from mms.reports.timestamps import readable, seconds_text, zone_named
from mms.words import CAMPAIGN_WORDS

COLOURS: dict[Part, str] = {
    Part.DELIVERED: "#0b5fa5",
    Part.SENT: "#5ba3d9",
    Part.ON_THE_WAY: "#a9cdea",
    Part.WAITING: "#dce4ea",
    Part.NOT_KNOWN: "#e3c85b",
    Part.NOT_ARRIVED: "#d9730d",
    Part.REFUSED: "#8f4a06",
    Part.LEFT_OUT: "#8a94a0",
    Part.TAKEN_BACK: "#c3cad2",
}
"""In the order of the bar: what arrived first."""
_MOST_REASONS = 10


def summary_html(ledger: Ledger, campaign_id: int) -> str:
    """A whole HTML document about one campaign; every text in it is escaped.

    Raises:
        CampaignError: code `no_such_campaign`.
    """
    with ledger.read() as connection:
        return _page(connection, campaign_id, ledger.now(connection))


def _page(connection: Connection, campaign_id: int, now: float) -> str:
    found = compare(connection, [campaign_id])
    if not found:
        raise CampaignError(f"There is no campaign number {campaign_id}.", code="no_such_campaign")
    figures = found[0]
    about = connection.execute(
        select(campaigns.c.body, campaigns.c.media_urls, campaigns.c.zone, senders.c.kind)
        .join(senders, senders.c.id == campaigns.c.sender_id)
        .where(campaigns.c.id == campaign_id)
    ).one()
    zone = zone_named(about.zone)
    failures = failures_by_reason(connection, campaign_id)
    cost = actual_cost(connection, campaign_id, about.kind, prices(connection))
    sections = [
        _head(figures, zone, now),
        *(f'<p class="alarm">{escape(one.sentence)}</p>' for one in alerts(figures, thresholds(connection))),
        _tiles(figures, cost),
        _shares(figures),
        _over_time(status_over_time(connection, campaign_id), zone),
        _reasons(failures),
        _cost(cost),
        _message(about.body, about.media_urls),
    ]
    return _document(figures.campaign.name, sections)


def _document(name: str, sections: Iterable[str]) -> str:
    style = files("mms.reports.files").joinpath("summary.css").read_text("utf-8")
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(name)}</title>'
    body = "\n".join(section for section in sections if section)
    page = f'<html lang="en"><head>{head}<style>{style}</style></head><body><main>{body}</main></body></html>'
    return f"<!DOCTYPE html>\n{page}\n"


def _head(figures: Figures, zone: tzinfo, now: float) -> str:
    one = figures.campaign
    times = [f"Started {readable(one.started_at, zone)}." if one.started_at else ""]
    times.append(f"All handed over {readable(one.finished_at, zone)}." if one.finished_at else "")
    practice = "Practice: nobody got a message." if one.mode == "practice" else ""
    state = f"{CAMPAIGN_WORDS[one.state].label}. {one.reason or CAMPAIGN_WORDS[one.state].meaning}"
    lines = [f"From {one.sender_address}. {' '.join(times)}", state, practice, f"As of {readable(now, zone)}."]
    told = "".join(f'<p class="about">{escape(line)}</p>' for line in lines if line)
    return f"<h1>{escape(one.name)}</h1>{told}"


def _tiles(figures: Figures, cost: ActualCost) -> str:
    counts, gone = figures.counts, figures.opt_outs
    tiles = [
        (f"{counts.in_the_list:,}", "in the list"),
        (f"{counts.handed_over:,}", "handed over"),
        (str(counts.arrived), "of these arrived"),
        (NOT_KNOWN if gone is None else f"{gone:,}", "opted out"),
        (_duration(figures.to_deliver), "to deliver (median; 95 of 100)"),
        (f"${cost.charged:,.2f}", "charged so far"),
    ]
    items = "".join(f"<li><strong>{escape(value)}</strong>{escape(name)}</li>" for value, name in tiles)
    notes = [f"Arrived: {ARRIVED_MEANING}"]
    if gone is None:
        notes.append("Opted out is not known: replies cannot be heard without a public address.")
    said = "".join(f'<p class="about">{escape(note)}</p>' for note in notes)
    return f'<ul class="tiles">{items}</ul>{said}'


def _shares(figures: Figures) -> str:
    counts = figures.counts
    parts = [(PARTS[part].label, counts[part], colour) for part, colour in COLOURS.items()]
    rows = "".join(
        f'<tr><td style="color:{COLOURS[part]}">■</td><td>{escape(PARTS[part].label)}</td>'
        f'<td class="count">{counts[part]:,}</td><td>{escape(PARTS[part].meaning)}</td></tr>'
        for part in COLOURS
        if counts[part]
    )
    return f"<h2>What became of each row</h2>{share_bar(parts)}<table>{rows}</table>"


_LINES: dict[Milestone, str] = {
    Milestone.HANDED_OVER: COLOURS[Part.SENT],
    Milestone.DELIVERED: COLOURS[Part.DELIVERED],
    Milestone.NOT_ARRIVED: COLOURS[Part.NOT_ARRIVED],
    Milestone.REFUSED: COLOURS[Part.REFUSED],
}


def _over_time(stretches: list[Stretch], zone: tzinfo) -> str:
    if not stretches:
        return ""
    seen = {one: colour for one, colour in _LINES.items() if any(stretch.counts.get(one) for stretch in stretches)}
    colours = {MILESTONES[one].label: colour for one, colour in seen.items()}
    counted = [{MILESTONES[one].label: count for one, count in stretch.counts.items()} for stretch in stretches]
    ends = (readable(stretches[0].start, zone), readable(stretches[-1].start, zone))
    chart = columns(counted, colours, "Messages that came to each milestone, by time", ends)
    key = " ".join(f'<span><b style="color:{colour}">■</b> {escape(label)}</span>' for label, colour in colours.items())
    return f'<h2>Over time</h2>{chart}<p class="about key">{key}</p>'


def _reasons(failures: list[Failure]) -> str:
    if not failures:
        return ""
    shown = failures[:_MOST_REASONS]
    chart = bars([(one.advice.meaning, one.count) for one in shown], COLOURS[Part.NOT_ARRIVED], "Failures by reason")
    rows = "".join(
        f'<tr><td class="count">{one.count:,}</td><td>{escape(one.advice.meaning)}</td>'
        f"<td>{escape(one.advice.advice)}</td></tr>"
        for one in shown
    )
    return f"<h2>Why messages did not arrive</h2>{chart}<table>{rows}</table>"


def _cost(cost: ActualCost) -> str:
    expected = cost.expected
    waits = f" Messages whose price is not known yet: {cost.unpriced:,}." if cost.unpriced else ""
    each = cost.per_delivered
    per = f" That is {dollars(each.low, each.high, places=4)} for each delivered message." if each else ""
    return (
        f"<h2>Cost</h2><p>Twilio has charged ${cost.charged:,.2f}.{waits} In all, with what is still to come "
        f"(${cost.to_come:,.2f}) and carrier fees ({dollars(cost.fees.low, cost.fees.high)}), expect "
        f"{dollars(expected.low, expected.high)} (price table of {escape(expected.as_of)}; an estimate).{per}</p>"
    )


def _message(body: str, media_urls: list[str]) -> str:
    pictures = "".join(f"<p>{escape(url)}</p>" for url in media_urls)
    return f'<h2>The message</h2><div class="message">{escape(body)}{pictures}</div>'


def _duration(took: Durations | None) -> str:
    return "–" if took is None else f"{seconds_text(took.median)}; {seconds_text(took.p95)}"
