"""All campaigns: searched, filtered by state and tags; a click on a row opens it."""

from datetime import datetime

import pandas as pd
import streamlit as st

from mms.campaigns.drafts.drafts import all_drafts
from mms.reports import CampaignFilter, CampaignView, campaign_list
from mms.reports.comparison.alerts import Alert, alerts, thresholds
from mms.reports.comparison.campaign_list import tags_in_use
from mms.reports.comparison.metrics import compare
from mms.states import CampaignState
from mms.words import CAMPAIGN_WORDS, GROUPS, KIND_WORDS
from pages.components import places
from pages.components.days import days_between
from pages.components.done import done_of
from pages.components.paging import PAGE_ROWS, page_of
from pages.components.reader import counted, moment, zone
from pages.components.safe import plain, shortened
from pages.components.undecided import undecided_messages
from pages.components.wiring import services

_COUNTED = ("on_the_way", "delivered", "sent", "did_not_arrive", "taken_back", "left_out")
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


def line(one: CampaignView, warnings: list[Alert]) -> dict[str, object]:
    """One campaign in the table."""
    sums = {name: sum(one.counts.get(state, 0) for state in group.states) for name, group in GROUPS.items()}
    done, to_send = done_of(one.counts)
    return {
        "Name": one.name,
        "State": CAMPAIGN_WORDS[one.state].label,
        "Needs a look": " ".join(alarm.sentence for alarm in warnings) or None,
        "Done": done / to_send if to_send else 1.0,
        "Rows": one.row_count,
        **{GROUPS[name].word.label: sums[name] for name in _COUNTED},
        "Made": datetime.fromtimestamp(one.created_at, zone()),
        "Tags": list(one.tags),
        "Number": one.id,
    }


def warnings_of(found: list[CampaignView]) -> dict[int, list[Alert]]:
    """The thresholds that each campaign has passed."""
    with services().ledger.read() as connection:
        limits = thresholds(connection)
        return {one.campaign.id: alerts(one, limits) for one in compare(connection, [view.id for view in found])}


def table(found: list[CampaignView]) -> None:
    """The page of the list; selecting a row opens the campaign."""
    numbers = ("Rows", *(GROUPS[name].word.label for name in _COUNTED))
    warnings = warnings_of(found)
    shown = pd.DataFrame([line(one, warnings.get(one.id, [])) for one in found])
    if not any(warnings.values()):
        shown = shown.drop(columns="Needs a look")
    chosen = st.dataframe(
        shown,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="campaigns_table",
        placeholder="–",
        column_config={
            "Name": st.column_config.TextColumn(width="medium"),
            "Done": st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1, width="small"),
            "Made": st.column_config.DatetimeColumn(format="localized"),
            "Tags": st.column_config.ListColumn(),
            "Needs a look": st.column_config.TextColumn(width="medium", help="Thresholds: Settings page, Alarms"),
            **{name: st.column_config.NumberColumn(format="localized") for name in numbers},
        },
        alt="Campaigns with their state and figures",
    )
    if picked := chosen["selection"]["rows"] if chosen else []:
        st.switch_page(places.CAMPAIGN, query_params={"id": str(found[picked[0]].id)})
    st.caption("Select a row to open the campaign.")


def drafts() -> None:
    """What is being written and not sent."""
    kept = all_drafts(services().ledger)
    if not kept:
        return
    with st.expander(counted(len(kept), "draft"), icon=":material/edit_note:", key="drafts"):
        for one in kept:
            name = plain(shortened(one.content.get("name") or "Campaign without a name"))
            st.page_link(
                places.NEW_CAMPAIGN,
                label=f"{name} ({moment(one.updated_at)})",
                query_params={"draft": str(one.id)},
            )


def page() -> None:
    """One run of the page."""
    st.title("Campaigns")
    undecided_messages()
    drafts()
    wanted = chosen_filter()
    key = f"campaigns_page_{hash(wanted)}"
    number = st.session_state.get(key, 1) - 1
    with services().ledger.read() as connection:
        found, total = campaign_list(connection, wanted, page=number, page_size=PAGE_ROWS)
    if found:
        st.caption(counted(total, "campaign"))
        table(found)
        page_of(total, key)
        return
    st.write("No campaign fits. Change the search, or send your first one.")
    if st.button("New campaign", type="primary", icon=":material/add_circle:", key="campaigns_new"):
        st.switch_page(places.NEW_CAMPAIGN)


page()
