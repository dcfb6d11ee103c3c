"""Who opened the links: people, by link and by hour; previews and scanners beside them, never among them."""

from typing import Any

import pandas as pd
import streamlit as st

from mms.campaigns.records import Campaign
from mms.links.visitors import Who
from mms.reports import campaign_counts
from mms.reports.campaign.link_visits import LinkVisits, link_labels, link_visits
from mms.reports.counts import Counts
from mms.send_options import TWILIO_LINKS
from pages.components.colours import BAR
from pages.components.reader import moment, number, zone_name
from pages.components.wiring import services

_DEVICES = {"iphone": "iPhone", "android": "Android", "computer": "Computer", "other": "Another device"}


def has_links(current: Campaign) -> bool:
    """Whether clicks can be known of this campaign."""
    return current.options.links is not None


def draw(current: Campaign) -> None:
    """Figures, then when and which."""
    if current.options.links == TWILIO_LINKS:
        st.write(
            "Twilio made these links short, so the clicks are counted there: in the Twilio Console, under Messaging, "
            "Insights. They are not known here."
        )
        return
    with services().ledger.read() as connection:
        visits = link_visits(connection, current.id)
        handed_over = Counts.of(campaign_counts(connection, current.id)).handed_over
    _tiles(visits, handed_over)
    if not visits.by_hour:
        st.write("Nobody has opened a link yet. Clicks appear here as they come in.")
        return
    _by_hour(visits)
    _by_link(current, visits)
    if visits.by_device:
        st.caption(", ".join(f"{_DEVICES[one]} {number(count)}" for one, count in visits.by_device.items()))


def _tiles(visits: LinkVisits, handed_over: int) -> None:
    counts = visits.counts
    share = f"{100 * counts.people / handed_over:.1f} %" if handed_over else "–"
    tiles = (
        ("People who clicked", number(counts.people), "Opened at least one link; each person once."),
        ("Of those handed over", share, "People who clicked, as a share of the messages that Twilio took."),
        ("Clicks", number(counts.clicks), "Every time that a person opened a link."),
        ("Previews", number(counts.previews), "Phones and chat programs that show what is behind the link. No click."),
        (
            "Scanners",
            number(counts.robots),
            "Carriers, virus scanners and other programs: by what they say they are, or because they came sooner "
            "than anybody can read. No click.",
        ),
    )
    with st.grid(min_column_width=170, key="click_tiles"):
        for label, value, meaning in tiles:
            st.metric(label, value, help=meaning, border=True)


def _by_hour(visits: LinkVisits) -> None:
    st.subheader("By hour")
    people = {hour: who.get(Who.PERSON, 0) for hour, who in visits.by_hour.items()}
    if any(people.values()):
        st.echarts_chart(over_hours(people), key="chart_clicks", height=280, alt="Clicks of people by hour")
    with st.expander("These numbers as a table", key="clicks_numbers"):
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        f"Hour from ({zone_name()})": moment(hour),
                        "Clicks": who.get(Who.PERSON, 0),
                        "Previews": who.get(Who.PREVIEW, 0),
                        "Scanners": who.get(Who.ROBOT, 0),
                    }
                    for hour, who in visits.by_hour.items()
                ]
            ),
            hide_index=True,
            key="clicks_by_hour",
            alt="Clicks, previews and scanners by hour",
        )


def over_hours(people: dict[int, int]) -> dict[str, Any]:
    """Bars with their values."""
    return {
        "tooltip": {"trigger": "axis"},
        "grid": {"left": 64, "right": 16, "top": 24, "bottom": 56},
        "xAxis": {
            "type": "category",
            "name": f"Hour ({zone_name()})",
            "nameLocation": "middle",
            "nameGap": 32,
            "data": [moment(hour) for hour in people],
        },
        "yAxis": {"type": "value", "minInterval": 1, "name": "Clicks"},
        "series": [
            {
                "type": "bar",
                "barMaxWidth": 36,
                "data": list(people.values()),
                "itemStyle": {"color": BAR},
                "label": {"show": True, "position": "top"},
            }
        ],
    }


def _by_link(current: Campaign, visits: LinkVisits) -> None:
    labels = link_labels(current.body)
    if not visits.by_link:
        return
    st.subheader("By link")
    lines = [
        {
            "Link": labels[place] if place < len(labels) else f"Link {place + 1} of the text",
            "People who clicked": people,
            "Clicks": count,
        }
        for place, (people, count) in visits.by_link.items()
    ]
    st.dataframe(pd.DataFrame(lines), hide_index=True, key="clicks_by_link", alt="People and clicks by link")
