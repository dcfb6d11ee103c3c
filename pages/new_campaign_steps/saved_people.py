"""Step 1 without a file: people of a saved list, of a segment, or of an earlier campaign."""

import streamlit as st

from mms.campaigns.drafts.drafts import Draft
from mms.campaigns.drafts.people_sources import PeopleOfCampaign, PeopleOfList, chosen_people, count_chosen
from mms.campaigns.records import past_campaigns
from mms.lists.campaign_people import CampaignGroup, count_campaign_people
from mms.lists.saved_lists import saved_lists
from mms.lists.segments import all_segments
from mms.roles import Permission
from pages.components import places
from pages.components.drafting import DRAFT_PARAM, STEP_PARAM
from pages.components.notices import deed
from pages.components.reader import counted, number, zone
from pages.components.wiring import services
from pages.list_parts.now import asked_now
from pages.new_campaign_steps.storing import store_for

FILE, LIST, SEGMENT, CAMPAIGN = "file", "list", "segment", "campaign"
_SOURCES = {FILE: "A file", LIST: "A saved list", SEGMENT: "A segment", CAMPAIGN: "An earlier campaign"}
_GROUPS = {
    CampaignGroup.EVERYBODY: "Everybody in its list",
    CampaignGroup.ARRIVED: "Who got it",
    CampaignGroup.ANOTHER_TRY: "Who did not get it, and another try can help",
    CampaignGroup.REPLIED: "Who replied to it",
    CampaignGroup.NO_REPLY: "Who got it and did not reply",
}


def choose_source() -> str:
    """Which of the four; a file until somebody says otherwise."""
    chosen: str | None = st.segmented_control(
        "Take the people from",
        list(_SOURCES),
        format_func=_SOURCES.__getitem__,
        default=FILE,
        required=True,
        key="people_from",
    )
    return chosen or FILE


def draw(current: Draft | None, source: str) -> None:
    """The menus of one source, how many people that is, and the button that takes them."""
    draft_id = current.id if current else None
    if source == CAMPAIGN:
        _campaign(draft_id)
    else:
        _list(draft_id, by_segment=source == SEGMENT)


def _list(draft_id: int | None, *, by_segment: bool) -> None:
    with services().ledger.read() as connection:
        lists = {one.id: one for one in saved_lists(connection)}
        segments = {one.id: one for one in all_segments(connection)}
        earlier = past_campaigns(connection, services().mode)
    if not (segments if by_segment else lists):
        what = "segment" if by_segment else "list"
        st.info(f"There is no saved {what} yet. Keep people in a list once, and find them here each time.")
        st.page_link(places.LISTS, label="Go to Lists", icon=":material/groups:")
        return
    if by_segment:
        chosen = st.selectbox(
            "Segment",
            list(segments),
            format_func=lambda one: f"{segments[one].name} (of {lists[segments[one].list_id].name})",
            key="people_segment",
        )
        list_id, segment_id = segments[chosen].list_id, chosen
    else:
        list_id, segment_id = (
            st.selectbox("Saved list", list(lists), format_func=lambda one: lists[one].name, key="people_list"),
            None,
        )
    without = _without(earlier) if earlier else []
    people = PeopleOfList(list_id, segment_id, tuple(without))
    with services().ledger.read() as connection:
        count = count_chosen(connection, people, asked_now(connection))
    if count.reachable < count.people:
        gone = count.people - count.reachable
        st.caption(f"{number(gone)} of them opted out or have a number that never works. They get nothing.")
    _take(draft_id, people, counted(count.people, "person", "people"), any_=bool(count.people))


def _without(earlier: dict[int, str]) -> list[int]:
    return st.multiselect(
        "Leave out who got …",
        list(earlier),
        format_func=earlier.__getitem__,
        placeholder="Choose earlier campaigns",
        help="Who got one of them, or may still get it, is not in this campaign.",
        key="people_without",
    )


def _campaign(draft_id: int | None) -> None:
    with services().ledger.read() as connection:
        earlier = past_campaigns(connection, services().mode)
    if not earlier:
        st.info("There is no earlier campaign yet. Begin with a file.")
        return
    campaign_id = st.selectbox(
        "Earlier campaign", list(earlier), format_func=earlier.__getitem__, key="people_campaign"
    )
    group = st.radio("Which of its people", list(_GROUPS), format_func=_GROUPS.__getitem__, key="people_group")
    with services().ledger.read() as connection:
        count = count_campaign_people(connection, campaign_id, group)
    _take(draft_id, PeopleOfCampaign(campaign_id, group), counted(count, "person", "people"), any_=bool(count))


def _take(draft_id: int | None, people: PeopleOfList | PeopleOfCampaign, count: str, *, any_: bool) -> None:
    st.button(
        f"Take {count}" if any_ else "Nobody is in it now",
        type="primary",
        key="take_people",
        icon=":material/group_add:",
        on_click=take,
        args=(draft_id, people),
        disabled=not any_,
    )
    st.write("**What happens next:** every row is checked, and you see what we found before anything is sent.")


@deed(Permission.SEND)
def take(draft_id: int | None, people: PeopleOfList | PeopleOfCampaign) -> None:
    """Keep the people as they are now with the draft; begins one when there is none."""
    shared = services()
    found = chosen_people(shared.ledger, people, mode=shared.mode, zone=zone())
    draft_id = store_for(draft_id, found.upload, name=found.name, phone_column=found.phone_column)
    st.query_params[DRAFT_PARAM] = str(draft_id)
    st.query_params[STEP_PARAM] = "check"
