"""Compare: campaigns side by side over a range of days, with alarms, and the table to take along."""

from datetime import datetime
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from mms.reports import CampaignFilter
from mms.reports.comparison.alerts import alerts, thresholds
from mms.reports.comparison.campaign_list import tags_in_use
from mms.reports.comparison.comparison_file import comparison_csv, families_of, family_column
from mms.reports.comparison.metrics import Figures, compare
from mms.reports.comparison.reply_counts import reply_counts
from mms.reports.counts import ARRIVED_MEANING, HANDED_OVER, IN_THE_LIST, NOT_KNOWN, NOTHING, PARTS, Band, Part
from mms.roles import Permission, may
from mms.twilio_codes import Family
from mms.words import CAMPAIGN_WORDS
from pages.components import places
from pages.components.colours import PART_COLOURS
from pages.components.days import days_between
from pages.components.follow import REFRESH_SECONDS, hears_replies, something_runs
from pages.components.reader import clock_exact, counted, moment, number, zone
from pages.components.safe import plain, shortened
from pages.components.wiring import person, services

_DAYS = 90
_CHARTED = 20
_OPENED = "compare_opened"
_FEWEST = 2  # one alone is compared with nothing


def chosen_filter() -> CampaignFilter:
    """Days, tags and name."""
    days, tagged, search = st.columns([2, 2, 2], vertical_alignment="bottom")
    since, until = days_between(days, "compare_days", _DAYS)
    with services().ledger.read() as connection:
        tags = tags_in_use(connection)
    return CampaignFilter(
        tags=tuple(tagged.multiselect("Tags", tags, key="compare_tags", placeholder="Any")),
        search=search.text_input("Name", type="search", key="compare_search") or "",
        mode=services().mode,
        since=since,
        until=until,
    )


def line(one: Figures, families: list[Family]) -> dict[str, Any]:
    """One campaign in the table; shares as the table's own percent columns want them."""
    counts, took, each = one.counts, one.to_deliver, one.cost_per_delivered
    return {
        "Sent on": datetime.fromtimestamp(one.campaign.sent_on, zone()),
        "Name": one.campaign.name,
        "State": CAMPAIGN_WORDS[one.campaign.state].label,
        IN_THE_LIST.label: counts.in_the_list,
        "Open": counts.open,
        HANDED_OVER.label: counts.handed_over,
        PARTS[Part.DELIVERED].label: counts[Part.DELIVERED],
        "Arrived at least": counts.arrived.low,
        "Arrived at most": counts.arrived.high,
        **{family_column(family): one.families[family] for family in families},
        "Opt-outs": one.opt_outs,
        "Charged": float(one.cost),
        "Per delivered": None if each is None else float(each),
        "Seconds (median)": None if took is None else took.median,
        "Seconds (95 of 100)": None if took is None else took.p95,
        "From": one.campaign.sender_address,
        "Tags": list(one.campaign.tags),
    }


def table(found: list[Figures]) -> None:
    """Sortable by every column; selecting a row opens the campaign."""
    families = families_of(found)
    counts = ("Open", *map(family_column, families))
    words = (IN_THE_LIST, HANDED_OVER, PARTS[Part.DELIVERED])
    chosen = st.dataframe(
        pd.DataFrame([line(one, families) for one in found]),
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        key="compare_table",
        placeholder="–",  # also where nobody can say: the page tells why
        column_config={
            "Name": st.column_config.ButtonColumn(
                type="tertiary",
                alignment="left",
                width="medium",
                key=_OPENED,
                on_click=open_campaign,
                args=([one.campaign.id for one in found],),
            ),
            "Sent on": st.column_config.DatetimeColumn(format="localized"),
            "Arrived at least": st.column_config.NumberColumn(format="percent", help="Delivered, of handed over"),
            "Arrived at most": st.column_config.NumberColumn(
                format="percent", help="Delivered, sent and on the way, of handed over"
            ),
            "Opt-outs": st.column_config.NumberColumn(
                format="localized", help="People who answered STOP to it; a dash where replies cannot be heard"
            ),
            "Charged": st.column_config.NumberColumn(format="dollar", help="By Twilio so far, without carrier fees"),
            "Per delivered": st.column_config.NumberColumn(
                format="$%.4f", help="Charged, for each message with a delivery receipt"
            ),
            "Seconds (median)": st.column_config.NumberColumn(
                format="%.1f", help="From Twilio's yes to the delivery receipt; half were faster"
            ),
            "Seconds (95 of 100)": st.column_config.NumberColumn(format="%.1f", help="95 of 100 were faster"),
            **{one.label: st.column_config.NumberColumn(format="localized", help=one.meaning) for one in words},
            "Tags": st.column_config.ListColumn(),
            **{name: st.column_config.NumberColumn(format="localized") for name in counts},
        },
        alt="Campaigns with their figures",
    )
    picked = [found[row].campaign.id for row in (chosen["selection"]["rows"] if chosen else [])]
    if len(picked) < _FEWEST:
        st.caption("A name opens its campaign. Tick two or more to see them side by side.")
        return
    st.button(
        f"Put these {number(len(picked))} side by side",
        type="primary",
        key="compare_picked",
        on_click=partial(places.open_next, places.COMPARE, ids=",".join(map(str, picked))),
    )


def open_campaign(ids: list[int]) -> None:
    """The name of a line was clicked."""
    places.open_next(places.CAMPAIGN, id=str(ids[st.session_state[_OPENED].row]))


def take_along(found: list[Figures]) -> None:
    """The table as a file."""
    if not may(person(), Permission.EXPORT):
        return
    where = zone()
    st.download_button(
        "Download this comparison",
        data=lambda: comparison_csv(found, where),
        file_name="comparison.csv",
        mime="text/csv",
        key="compare_csv",
        on_click="ignore",
        icon=":material/download:",
    )


def delivery_chart(found: list[Figures]) -> dict[str, Any]:
    """Shares of the messages handed over, so that a small campaign is seen beside a large one; oldest first."""
    shown = [one for one in reversed(found[:_CHARTED]) if one.counts.handed_over]
    bands = [one.counts.arrived for one in shown]
    parts = (
        ("Delivered", PART_COLOURS[Part.DELIVERED], [_percent(band.confirmed, band) for band in bands]),
        (
            "No receipt",
            PART_COLOURS[Part.ON_THE_WAY],
            [_percent(band.possible - band.confirmed, band) for band in bands],
        ),
        ("Not arrived", PART_COLOURS[Part.NOT_ARRIVED], [_percent(band.of - band.possible, band) for band in bands]),
    )
    return {
        "tooltip": {"trigger": "axis", "formatter": "{b}<br>" + "<br>".join(f"{{a{n}}}: {{c{n}}} %" for n in range(3))},
        "legend": {"top": 0},
        "grid": {"left": 24, "right": 16, "top": 40, "bottom": 8, "containLabel": True},
        "xAxis": {
            "type": "category",
            "data": [shortened(one.campaign.name, 18) for one in shown],
            "axisLabel": {"interval": 0, "rotate": 30 if len(shown) > 6 else 0},
        },
        "yAxis": {
            "type": "value",
            "max": 100,
            "name": "Share of handed over",
            "nameLocation": "middle",
            "nameGap": 44,
            "axisLabel": {"formatter": "{value} %"},
        },
        "series": [
            {
                "name": name,
                "type": "bar",
                "stack": "all",
                "data": data,
                "barMaxWidth": 64,
                "itemStyle": {"color": colour},
            }
            for name, colour, data in parts
        ],
    }


def _percent(count: int, band: Band) -> float:
    return round(100 * count / band.of, 1)


def totals(found: list[Figures]) -> None:
    """Sums over campaigns that are over; what still runs is told apart."""
    over = [one for one in found if not one.campaign.is_open]
    counts = sum((one.counts for one in over), NOTHING)
    gone = [one.opt_outs for one in over if one.opt_outs is not None]
    with st.grid(min_column_width=230, key="compare_tiles"):
        st.metric("Campaigns that are over", len(over), border=True, format="localized", help="The sums are of these.")
        st.metric(HANDED_OVER.label, counts.handed_over, border=True, format="localized", help=HANDED_OVER.meaning)
        st.metric("Arrived", str(counts.arrived), border=True, help=ARRIVED_MEANING)
        st.metric(
            "Opt-outs caused",
            sum(gone) if gone else NOT_KNOWN,
            border=True,
            format="localized" if gone else None,
            help="People who answered STOP. Not known where replies cannot be heard: that needs a public address.",
        )
        st.metric(
            "Charged", f"${sum(one.cost for one in over):,.2f}", border=True, help="By Twilio, without carrier fees."
        )
    if gone and len(gone) < len(over):
        st.caption(f"Opt-outs of {counted(len(over) - len(gone), 'campaign')} are not known: replies were not heard.")
    if running := [one for one in found if one.campaign.is_open]:
        rows_open = sum(one.counts.open for one in running)
        st.caption(
            f"Not in these sums: {counted(len(running), 'campaign')} with {counted(rows_open, 'open row')}. "
            "The table has them, with their state."
        )


@st.fragment(run_every=REFRESH_SECONDS)
def _followed(wanted: CampaignFilter) -> None:
    places.follow()
    _compared(wanted)


def _compared(wanted: CampaignFilter) -> None:
    ledger = services().ledger
    with ledger.read() as connection:
        found = compare(connection, wanted, hears_replies=hears_replies())
        limits, now = thresholds(connection), ledger.now(connection)
    if not found:
        st.write("No campaign in these days. Choose other days, or send your first one.")
        return
    for one in found:
        for alarm in alerts(one, limits):
            st.warning(f"**{plain(one.campaign.name)}**: {plain(alarm.sentence)}")
    st.caption(f"As of {clock_exact(now)}")
    totals(found)
    if any(one.counts.handed_over for one in found):
        st.echarts_chart(
            delivery_chart(found),
            key="compare_chart",
            height=360,
            alt="Share that arrived, by campaign; the table below has the numbers",
        )
    table(found)
    take_along(found)


def side_by_side(ids: list[int]) -> None:
    """The ticked campaigns, a column each."""
    with services().ledger.read() as connection:
        found = compare(connection, ids, hears_replies=hears_replies())
        wrote = reply_counts(connection, ids)
    st.page_link(places.COMPARE, label="All campaigns", icon=":material/arrow_back:", query_params={})
    if not found:
        st.write("None of these campaigns is here.")
        return
    with st.container(horizontal=True):
        for one in found:
            st.page_link(
                places.CAMPAIGN, label=plain(shortened(one.campaign.name)), query_params={"id": str(one.campaign.id)}
            )
    heard = hears_replies()
    columns = {_heading(one, found): _column(one, wrote.get(one.campaign.id, 0), heard=heard) for one in found}
    st.dataframe(pd.DataFrame(columns), key="side_by_side", height="content", alt="The ticked campaigns, a column each")
    st.echarts_chart(
        delivery_chart(found), key="side_chart", height=300, alt="Share that arrived; the table above has the numbers"
    )
    take_along(found)


def _heading(one: Figures, found: list[Figures]) -> str:
    """The name, with the number where several have the same."""
    same = sum(other.campaign.name == one.campaign.name for other in found) > 1
    return f"{one.campaign.name} ({one.campaign.id})" if same else one.campaign.name


def _column(one: Figures, wrote: int, *, heard: bool) -> dict[str, str]:
    counts, each = one.counts, one.cost_per_delivered
    return {
        "Sent on": moment(one.campaign.sent_on),
        "State": CAMPAIGN_WORDS[one.campaign.state].label,
        IN_THE_LIST.label: number(counts.in_the_list),
        HANDED_OVER.label: number(counts.handed_over),
        "Arrived": str(counts.arrived),
        PARTS[Part.NOT_ARRIVED].label: number(counts[Part.NOT_ARRIVED]),
        PARTS[Part.REFUSED].label: number(counts[Part.REFUSED]),
        "People who replied": number(wrote) if wrote or heard else NOT_KNOWN,
        "Opt-outs": NOT_KNOWN if one.opt_outs is None else number(one.opt_outs),
        "Charged": f"${one.cost:,.2f}",
        "Per delivered": "–" if each is None else f"${each:.4f}",
    }


def ticked() -> list[int]:
    """The campaigns that the address names."""
    return [int(one) for one in st.query_params.get("ids", "").split(",") if one.isascii() and one.isdecimal()]


def page() -> None:
    """One run of the page."""
    st.title("Compare campaigns")
    if ids := ticked():
        side_by_side(ids)
        return
    wanted = chosen_filter()
    if something_runs():
        _followed(wanted)
    else:
        _compared(wanted)


page()
