"""All campaigns: searched, filtered by state and tags; a click on a row opens it."""

from datetime import datetime
from functools import partial

import pandas as pd
import streamlit as st

from mms.access.traces import DATA
from mms.campaigns.drafts.drafts import all_drafts
from mms.data import export_archive
from mms.reports import CampaignFilter, campaign_list
from mms.reports.comparison.alerts import Alert, Thresholds, alerts, thresholds
from mms.reports.comparison.campaign_list import matching_ids, tags_in_use
from mms.reports.comparison.comparison_file import comparison_of
from mms.reports.comparison.metrics import Figures, compare
from mms.reports.counts import ARRIVED_MEANING, HANDED_OVER, IN_THE_LIST, PARTS, Part
from mms.roles import Permission, may
from mms.states import CampaignState
from mms.words import CAMPAIGN_WORDS, KIND_WORDS
from pages.components import places
from pages.components.cards import Card, narrow, wide
from pages.components.days import days_between
from pages.components.follow import REFRESH_SECONDS, hears_replies, something_runs
from pages.components.paging import PAGE_ROWS, page_of
from pages.components.reader import clock_exact, counted, moment, number, zone
from pages.components.safe import plain, shortened
from pages.components.traced import traced
from pages.components.undecided import undecided_messages
from pages.components.wiring import person, services

_COUNTED = tuple(part for part in Part if part is not Part.WAITING)
_OPENED = "campaigns_opened"
_FEWEST = 2  # one alone is compared with nothing
STATES = [state for state in CampaignState if state is not CampaignState.DRAFT]


def chosen_filter() -> CampaignFilter:
    """What the person is looking for."""
    with services().ledger.read() as connection:
        tags = tags_in_use(connection)
    search, days, kinds = st.columns(3, vertical_alignment="bottom")
    states, tagged, _ = st.columns(3, vertical_alignment="bottom")
    since, until = days_between(days, "campaigns_days")
    return CampaignFilter(
        search=search.text_input("Search by name", type="search", key="campaigns_search") or "",
        states=tuple(
            states.multiselect(
                "State",
                STATES,
                format_func=lambda state: CAMPAIGN_WORDS[state].label,
                key="campaigns_states",
                placeholder="Any",
            )
        ),
        tags=tuple(tagged.multiselect("Tags", tags, key="campaigns_tags", placeholder="Any")),
        mode=services().mode,
        since=since,
        until=until,
        kinds=tuple(
            kinds.multiselect(
                "Kind",
                list(KIND_WORDS),
                default=["campaign"],
                format_func=KIND_WORDS.__getitem__,
                key="campaigns_kinds",
            )
            or KIND_WORDS
        ),
    )


def line(one: Figures, warnings: list[Alert]) -> dict[str, object]:
    """One campaign in the table."""
    counts = one.counts
    done = counts.to_send - counts.open - counts[Part.TAKEN_BACK]
    return {
        "Sent on": datetime.fromtimestamp(one.campaign.sent_on, zone()),
        "Name": one.campaign.name,
        "State": CAMPAIGN_WORDS[one.campaign.state].label,
        "Needs a look": " ".join(alarm.sentence for alarm in warnings) or None,
        "Done": done / counts.to_send if counts.to_send else 1.0,
        IN_THE_LIST.label: counts.in_the_list,
        HANDED_OVER.label: counts.handed_over,
        "Arrived": str(counts.arrived),
        "Charged": float(one.cost),
        **{PARTS[part].label: counts[part] for part in _COUNTED},
        "From": one.campaign.sender_address,
        "Tags": list(one.campaign.tags),
        "Number": one.campaign.id,
    }


def table(found: list[Figures], limits: Thresholds) -> None:
    """The page of the list: a name opens its campaign, ticked ones are compared."""
    warnings = [alerts(one, limits) for one in found]
    shown = pd.DataFrame([line(one, alarms) for one, alarms in zip(found, warnings, strict=True)])
    if not any(warnings):
        shown = shown.drop(columns="Needs a look")
    counts = (IN_THE_LIST, HANDED_OVER, *(PARTS[part] for part in _COUNTED))
    with wide("campaigns"):
        chosen = st.dataframe(
            shown,
            hide_index=True,
            on_select="rerun",
            selection_mode="multi-row",
            key="campaigns_table",
            placeholder="–",
            column_config={
                "Sent on": st.column_config.DatetimeColumn(
                    format="localized", width=170, help="When it started, or is to start"
                ),
                "Name": st.column_config.ButtonColumn(
                    type="tertiary",
                    alignment="left",
                    width="medium",
                    key=_OPENED,
                    on_click=open_campaign,
                    args=([one.campaign.id for one in found],),
                ),
                "Done": st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1, width="small"),
                "Arrived": st.column_config.TextColumn(width=110, help=ARRIVED_MEANING),
                "Charged": st.column_config.NumberColumn(
                    format="dollar", help="By Twilio so far, without carrier fees"
                ),
                "Tags": st.column_config.ListColumn(),
                "Needs a look": st.column_config.TextColumn(width="medium", help="Thresholds: Settings page, Alarms"),
                **{one.label: st.column_config.NumberColumn(format="localized", help=one.meaning) for one in counts},
            },
            alt="Campaigns with their state and figures",
        )
        ticked = [found[row].campaign.id for row in (chosen["selection"]["rows"] if chosen else [])]
        _compare(ticked)
    narrow("campaigns", [_card(one) for one in found], "Campaigns")


def _card(one: Figures) -> Card:
    counts = one.counts
    return Card(
        one.campaign.name,
        "campaign",
        {"id": str(one.campaign.id)},
        CAMPAIGN_WORDS[one.campaign.state].label,
        [
            ("Sent on", moment(one.campaign.sent_on)),
            (HANDED_OVER.label, f"{number(counts.handed_over)} of {number(counts.to_send)}"),
            ("Arrived", counts.arrived),
            ("Charged", f"${one.cost:,.2f}"),
        ],
    )


def open_campaign(ids: list[int]) -> None:
    """The name of a line was clicked."""
    places.open_next(places.CAMPAIGN, id=str(ids[st.session_state[_OPENED].row]))


def _compare(ticked: list[int]) -> None:
    if len(ticked) < _FEWEST:
        st.caption("A name opens its campaign. Tick two or more to compare them.")
        return
    st.button(
        f"Compare these {number(len(ticked))}",
        type="primary",
        icon=":material/monitoring:",
        key="compare_ticked",
        on_click=partial(places.open_next, places.COMPARE, ids=",".join(map(str, ticked))),
    )


def drafts() -> None:
    """What is being written and not sent."""
    kept = all_drafts(services().ledger)
    if not kept:
        return
    with st.expander(counted(len(kept), "draft"), icon=":material/edit_note:", key="drafts"):
        for one in kept:
            name = plain(shortened(one.content.name or "Campaign without a name"))
            st.page_link(
                places.NEW_CAMPAIGN,
                label=f"{name} ({moment(one.updated_at)})",
                query_params={"draft": str(one.id)},
            )


@st.fragment(run_every=REFRESH_SECONDS)
def _followed(wanted: CampaignFilter) -> None:
    places.follow()
    _listed(wanted)


def _listed(wanted: CampaignFilter) -> None:
    """The list from one reading, with its time."""
    key = f"campaigns_page_{hash(wanted)}"
    on_page = st.session_state.get(key, 1) - 1
    ledger = services().ledger
    with ledger.read() as connection:
        views, total = campaign_list(connection, wanted, page=on_page, page_size=PAGE_ROWS)
        found = compare(connection, [view.id for view in views], hears_replies=hears_replies(), timed=False)
        limits, now = thresholds(connection), ledger.now(connection)
    if found:
        st.caption(f"{counted(total, 'campaign')}, as of {clock_exact(now)}")
        table(found, limits)
        page_of(total, key)
        _take_along(wanted)
        return
    st.write("No campaign fits. Change the search, or send your first one.")
    if st.button("New campaign", type="primary", icon=":material/add_circle:", key="campaigns_new"):
        st.switch_page(places.NEW_CAMPAIGN)


def _take_along(wanted: CampaignFilter) -> None:
    """All campaigns of the filter, not just this page, as a file."""
    if not may(person(), Permission.EXPORT):
        return
    where, heard = zone(), hears_replies()
    with st.container(horizontal=True, key="campaigns_files"):
        st.download_button(
            "Download this list",
            data=partial(comparison_of, services().ledger, wanted, where, hears_replies=heard),
            file_name="campaigns.csv",
            mime="text/csv",
            key="campaigns_csv",
            on_click="ignore",
            icon=":material/download:",
        )
        st.download_button(
            "Download the data (Parquet)",
            data=traced(partial(_data_of, wanted), DATA),
            file_name="campaigns.zip",
            mime="application/zip",
            key="campaigns_data",
            on_click="ignore",
            icon=":material/dataset:",
            help="Campaigns, rows, attempts, receipts and replies as tables for pandas, R or a BI tool.",
        )


def _data_of(wanted: CampaignFilter) -> bytes:
    ledger = services().ledger
    with ledger.read() as connection:
        ids = matching_ids(connection, wanted)
    return export_archive(ledger, ids)


def page() -> None:
    """One run of the page."""
    st.title("Campaigns")
    undecided_messages()
    drafts()
    wanted = chosen_filter()
    if something_runs():
        _followed(wanted)
    else:
        _listed(wanted)


page()
