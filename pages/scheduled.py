"""Scheduled: what is still to come, day by day in the reader's time, and what can be changed about it."""

from datetime import date, datetime, timedelta
from itertools import groupby

import streamlit as st

from mms.campaigns.records import Campaign
from mms.campaigns.schedule import back_to_draft, change_start, coming, missed, send_now
from mms.quiet_hours.local_times import checked_time, moments
from mms.quiet_hours.zone_names import zone_said
from mms.reports import campaign_counts
from mms.roles import Permission, may
from mms.states import RowState
from pages.components import places
from pages.components.days import day_said
from pages.components.follow import REFRESH_SECONDS
from pages.components.notices import answer_here, deed, tell
from pages.components.reader import clock, counted, moment, zone, zone_words
from pages.components.safe import plain, shortened
from pages.components.wiring import person, services


def page() -> None:
    """One run of the page; it follows by itself, because a campaign leaves it when it starts."""
    st.title("Scheduled")
    st.caption(f"Times are in {zone_words()}, the time of this computer.")
    _listed()


@st.fragment(run_every=REFRESH_SECONDS)
def _listed() -> None:
    places.follow()
    answer_here(__name__)
    shared = services()
    with shared.ledger.read() as connection:
        found, late = coming(connection, shared.mode), missed(connection, shared.mode)
        people = {one.id: campaign_counts(connection, one.id)[RowState.READY] for one in (*found, *late)}
    if not found and not late:
        _nothing()
        return
    if late:
        st.header("Missed their start")
        st.write("The computer was off, or nothing was running. Nothing of these was sent; say what is to happen.")
        for one in late:
            _entry(one, people[one.id], is_late=True)
    for day, of_day in groupby(found, _day):
        st.header(day_said(day) if day else "As soon as it is their turn")
        if day is None:
            st.write("One sender sends one campaign at a time; these wait for the one before them.")
        for one in of_day:
            _entry(one, people[one.id])


def _nothing() -> None:
    st.write("Nothing is scheduled. To send at a time that you choose, say so on the last step of a new campaign.")
    if st.button("New campaign", type="primary", icon=":material/add_circle:", key="scheduled_new"):
        st.switch_page(places.NEW_CAMPAIGN)


def _day(one: Campaign) -> date | None:
    return datetime.fromtimestamp(one.start_at, zone()).date() if one.start_at else None


def _entry(one: Campaign, people: int, *, is_late: bool = False) -> None:
    with st.container(border=True, key=f"scheduled_{one.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            if one.start_at:
                at = datetime.fromtimestamp(one.start_at, zone())
                st.markdown(f"**{plain(moment(one.start_at) if is_late else clock(at))}**", width="content")
            st.page_link(places.CAMPAIGN, label=f"**{plain(shortened(one.name))}**", query_params={"id": str(one.id)})
            st.text(counted(people, "person", "people"))
        if where := _elsewhere(one):
            st.caption(where)
        if may(person(), Permission.SEND):
            _deeds(one, people)
        answer_here(__name__, one.id)


def _elsewhere(one: Campaign) -> str:
    """The start as it was meant, where that is another zone than the reader's."""
    if not one.start_local or not one.zone or one.zone == str(zone()):
        return ""
    local = datetime.fromisoformat(one.start_local.rstrip("~"))
    return plain(f"Planned for {clock(local)} {zone_said(one.zone)}.")


def _deeds(one: Campaign, people: int) -> None:
    with st.container(horizontal=True):
        with st.popover("Send now", icon=":material/send:", key=f"now_ask_{one.id}"):
            st.write(f"{counted(people, 'person gets', 'people get')} it now instead.")
            st.button(
                f"Yes, send {counted(people, 'message')} now",
                type="primary",
                key=f"now_{one.id}",
                on_click=_send_now,
                args=(one.id, one.name),
            )
        with st.popover("Change time", icon=":material/schedule:", key=f"time_ask_{one.id}_{one.start_at}"):
            _other_time(one)
        with st.popover("Back to draft", icon=":material/edit:", key=f"draft_ask_{one.id}"):
            st.write("It is not sent. You can change everything about it, and send or schedule it again.")
            st.button(
                "Yes, back to draft",
                type="primary",
                key=f"draft_{one.id}",
                on_click=_to_draft,
                args=(one.id,),
            )


def _other_time(one: Campaign) -> None:
    now = datetime.now(zone()).replace(tzinfo=None, second=0, microsecond=0)
    planned = datetime.fromtimestamp(one.start_at, zone()).replace(tzinfo=None) if one.start_at else now
    chosen = st.datetime_input(
        f"New start ({zone_words()})",
        value=max(planned, now.replace(minute=0) + timedelta(hours=1)),
        max_value=now + timedelta(days=365),
        key=f"time_{one.id}",
    )
    if chosen is None:
        return
    if chosen <= now:
        st.warning(f"{moment(chosen.replace(tzinfo=zone()).timestamp())} is past. Choose a later time.")
    twice = len(moments(chosen.isoformat(), str(zone()))) > 1
    second = twice and st.checkbox("The clocks are put back then: the second of the two", key=f"fold_{one.id}")
    st.button(
        "Change the time",
        type="primary",
        key=f"time_save_{one.id}",
        disabled=chosen <= now,
        on_click=_change,
        args=(one.id, chosen.isoformat(), int(second)),
    )


@deed(Permission.SEND)
def _send_now(campaign_id: int, name: str) -> None:
    send_now(services().ledger, campaign_id, by=person())
    services().start_worker()
    tell(f"{plain(name)} is being sent now.")
    places.open_next(places.CAMPAIGN, id=str(campaign_id))


@deed(Permission.SEND)
def _change(campaign_id: int, text: str, fold: int) -> None:
    start = checked_time(text, str(zone()), fold)
    change_start(services().ledger, campaign_id, start, by=person())
    tell(f"It starts {moment(start.moment)} now.", at=campaign_id)


@deed(Permission.SEND)
def _to_draft(campaign_id: int) -> None:
    draft_id = back_to_draft(services().ledger, campaign_id, by=person())
    tell("It is a draft again, and nothing of it was sent.")
    places.open_next(places.NEW_CAMPAIGN, draft=str(draft_id), step="review")


page()
