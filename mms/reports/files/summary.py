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
from mms.reports.campaign.timeline import SenderRun, status_over_time
from mms.reports.comparison.alerts import alerts, thresholds
from mms.reports.comparison.metrics import Figures, compare
from mms.reports.cost.campaign_cost import ActualCost, actual_cost, dollars
from mms.reports.cost.prices import prices
from mms.reports.files.charts import bars, columns, share_bar
from mms.reports.timestamps import readable, zone_named
from mms.states import RowState
from mms.words import CAMPAIGN_WORDS, ROW_WORDS

COLOURS: dict[RowState, str] = {
    RowState.DELIVERED: "#1b7f4d",
    RowState.SENT: "#4caf7d",
    RowState.ACCEPTED: "#2f6db5",
    RowState.READY: "#9db7d5",
    RowState.SENDING: "#7797bd",
    RowState.UNKNOWN: "#d9a514",
    RowState.UNDELIVERED: "#d97a2b",
    RowState.FAILED: "#b3261e",
    RowState.REFUSED: "#7d1a15",
    RowState.SKIPPED: "#8a94a0",
    RowState.CANCELED: "#c3cad2",
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
    times.append(f"Finished {readable(one.finished_at, zone)}." if one.finished_at else "")
    practice = "Practice: nobody got a message." if one.mode == "practice" else ""
    state = f"{CAMPAIGN_WORDS[one.state].label}. {one.reason or CAMPAIGN_WORDS[one.state].meaning}"
    lines = [f"From {one.sender_address}. {' '.join(times)}", state, practice, f"As of {readable(now, zone)}."]
    told = "".join(f'<p class="about">{escape(line)}</p>' for line in lines if line)
    return f"<h1>{escape(one.name)}</h1>{told}"


def _tiles(figures: Figures, cost: ActualCost) -> str:
    tiles = [
        (f"{figures.campaign.row_count:,}", "rows in the file"),
        (f"{figures.arrived:,}", "delivered or sent"),
        (_percent(figures.delivery_rate), "of those decided"),
        (f"{figures.opt_outs:,}", "opted out"),
        (_duration(figures.seconds_to_deliver), "to deliver (median)"),
        (f"${cost.charged:,.2f}", "charged so far"),
    ]
    items = "".join(f"<li><strong>{escape(value)}</strong>{escape(name)}</li>" for value, name in tiles)
    return f'<ul class="tiles">{items}</ul>'


def _shares(figures: Figures) -> str:
    counts = figures.campaign.counts
    parts = [(ROW_WORDS[state].label, counts.get(state, 0), colour) for state, colour in COLOURS.items()]
    rows = "".join(
        f'<tr><td style="color:{COLOURS[state]}">■</td><td>{escape(ROW_WORDS[state].label)}</td>'
        f'<td class="count">{count:,}</td><td>{escape(ROW_WORDS[state].meaning)}</td></tr>'
        for state in COLOURS
        if (count := counts.get(state, 0))
    )
    return f"<h2>What became of each row</h2>{share_bar(parts)}<table>{rows}</table>"


def _over_time(stretches: list[SenderRun], zone: tzinfo) -> str:
    if not stretches:
        return ""
    colours = {ROW_WORDS[state].label: colour for state, colour in COLOURS.items()}
    counted = [{ROW_WORDS[state].label: count for state, count in one.counts.items()} for one in stretches]
    ends = (readable(stretches[0].start, zone), readable(stretches[-1].start, zone))
    chart = columns(counted, colours, "What was reported when", ends)
    seen = [state for state in COLOURS if any(one.counts.get(state) for one in stretches)]
    key = " ".join(
        f'<span><b style="color:{COLOURS[state]}">■</b> {escape(ROW_WORDS[state].label)}</span>' for state in seen
    )
    return f'<h2>Over time</h2>{chart}<p class="about key">{key}</p>'


def _reasons(failures: list[Failure]) -> str:
    if not failures:
        return ""
    shown = failures[:_MOST_REASONS]
    chart = bars([(one.advice.meaning, one.count) for one in shown], COLOURS[RowState.FAILED], "Failures by reason")
    rows = "".join(
        f'<tr><td class="count">{one.count:,}</td><td>{escape(one.advice.meaning)}</td>'
        f"<td>{escape(one.advice.advice)}</td></tr>"
        for one in shown
    )
    return f"<h2>Why messages did not arrive</h2>{chart}<table>{rows}</table>"


def _cost(cost: ActualCost) -> str:
    expected = cost.expected
    waits = f" Messages without a price so far: {cost.unpriced:,}." if cost.unpriced else ""
    return (
        f"<h2>Cost</h2><p>Twilio has charged ${cost.charged:,.2f}.{waits} With carrier fees expect "
        f"{dollars(expected.low, expected.high)} (price table of {escape(expected.as_of)}; an estimate).</p>"
    )


def _message(body: str, media_urls: list[str]) -> str:
    pictures = "".join(f"<p>{escape(url)}</p>" for url in media_urls)
    return f'<h2>The message</h2><div class="message">{escape(body)}{pictures}</div>'


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
