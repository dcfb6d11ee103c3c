"""Setting one up: what is said, to whom, when; then one look at all of it before it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import streamlit as st

from mms.campaigns.drafts.people_sources import PeopleOfList, count_chosen
from mms.campaigns.drafts.templates import SavedMessage, earlier_messages, saved_messages
from mms.errors import MmsError
from mms.lists.saved_lists import NAME_LENGTH, SavedList, saved_lists
from mms.lists.segments import Segment, all_segments
from mms.quiet_hours.zone_names import zone_said
from mms.recurring.rhythm import Every, local_moment, rhythm_of
from mms.recurring.sends import MOST_DAYS, MOST_STEPS, Plan, Step, add_send
from mms.roles import Permission
from pages.components import places
from pages.components.notices import deed, tell
from pages.components.reader import counted, moment, number, zone
from pages.components.safe import plain, shortened
from pages.components.wiring import person, services
from pages.list_parts.now import asked_now

_SERIES = "series"
_HOW = {
    Every.MONTH.value: "Every month",
    Every.WEEK.value: "Every week",
    Every.DAY.value: "Every day",
    _SERIES: "A series",
}
_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TEN = time(10, 0)
_NOTHING = "Write a new text"
_TIMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Choice:
    """A message to begin with."""

    label: str
    message: SavedMessage | None


def draw() -> None:
    """The form, from top to bottom; nothing is kept before the last button."""
    with st.container(border=True, key="recurring_new"):
        st.subheader("New recurring send")
        with services().ledger.read() as connection:
            lists = {one.id: one for one in saved_lists(connection)}
            segments = {one.id: one for one in all_segments(connection)}
        if not lists:
            st.info("It goes to a saved list or a segment, and there is no list yet.")
            st.page_link(places.LISTS, label="Go to Lists", icon=":material/groups:")
            return
        name = st.text_input(
            "What it is called", key="recurring_name", max_chars=NAME_LENGTH, placeholder="Monthly offer"
        )
        people = _people(lists, segments)
        how = st.segmented_control(
            "When",
            list(_HOW),
            format_func=_HOW.__getitem__,
            default=Every.MONTH.value,
            required=True,
            key="recurring_how",
        )
        steps = _series() if how == _SERIES else (_message(0),)
        plan = _plan(name, people, steps, how)
        if plan is not None:
            _look(plan, people)


def _people(lists: Mapping[int, SavedList], segments: Mapping[int, Segment]) -> PeopleOfList:
    chosen = st.selectbox(
        "To whom",
        [*(("list", one) for one in lists), *(("segment", one) for one in segments)],
        format_func=lambda one: (
            f"List: {lists[one[1]].name}"
            if one[0] == "list"
            else f"Segment: {segments[one[1]].name} (of {lists[segments[one[1]].list_id].name})"
        ),
        key="recurring_people",
        help="Who is in it at that time gets the message.",
    )
    kind, number_of_it = chosen
    return PeopleOfList(number_of_it) if kind == "list" else PeopleOfList(segments[number_of_it].list_id, number_of_it)


def _series() -> tuple[Step, ...]:
    count = int(st.number_input("How many messages", 1, MOST_STEPS, 2, key="series_count"))
    return tuple(_message(at) for at in range(count))


def _message(at: int) -> Step:
    """One message: a text, begun with a saved message or that of an earlier campaign, whose pictures come along."""
    ledger = services().ledger
    offered = [
        _Choice(_NOTHING, None),
        *(_Choice(f"Saved: {one.name}", one) for one in saved_messages(ledger)),
        *(_Choice(f"From campaign {one.id}: {one.name}", one) for one in earlier_messages(ledger)),
    ]
    days = 0
    if at:
        days = int(st.number_input(f"Days before message {at + 1}", 1, MOST_DAYS, 2, key=f"series_days_{at}"))
    begun = st.selectbox(
        "The message" if not at else f"Message {at + 1}",
        offered,
        format_func=lambda one: shortened(one.label),
        key=f"recurring_begin_{at}",
        help="Pictures come with a saved message. Compose one under New campaign and press Save this message.",
    )
    said = begun.message.content if begun.message else None
    which = begun.message.id if begun.message else 0
    body = st.text_area(
        "Its text",
        value=said.body if said else "",
        max_chars=1600,
        key=f"recurring_text_{at}_{begun.label[:5]}_{which}",
        placeholder="Hi {Name}! …  Reply STOP to opt out",
        help="Columns of the list stand in braces, such as {Name}.",
    )
    media = said.media_urls if said else ()
    if media:
        st.caption(f"{counted(len(media), 'picture')} of that message will be with it.")
    return Step(body or "", media, days)


def _plan(name: str, people: PeopleOfList, steps: tuple[Step, ...], how: str) -> Plan | None:
    zone_name = str(zone())
    rhythm, first = None, None
    day, begins = 1, datetime.now(zone()).date() + timedelta(days=1)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if how == _SERIES:
            begins = st.date_input("First message on", value=begins, min_value="today", key="series_on") or begins
        elif how == Every.WEEK:
            day = _WEEK.index(st.selectbox("On", _WEEK, key="recurring_weekday")) + 1
        elif how == Every.MONTH:
            day = int(st.number_input("On day", 1, 31, 1, key="recurring_monthday"))
        at = st.time_input("At", value=_TEN, step=900, key="recurring_time") or _TEN
    st.caption(f"In {plain(zone_said(zone_name))}. The computer that runs the app must be on then.")
    try:
        if how == _SERIES:
            first = local_moment(begins, f"{at:%H:%M}", zone_name)
        else:
            rhythm = rhythm_of(how, f"{at:%H:%M}", zone_name, day)
    except MmsError as error:
        st.error(plain(error.message))
        return None
    return Plan(name, people.list_id, steps, zone_name, people.segment_id, rhythm, first)


def _look(plan: Plan, people: PeopleOfList) -> None:
    """What will happen, in words, before the button."""
    ledger = services().ledger
    with ledger.read() as connection:
        now = ledger.now(connection)
        count = count_chosen(connection, people, asked_now(connection))
    st.write(
        f"**{counted(count.reachable, 'person', 'people')}** would get it today."
        + (
            f" {number(count.people - count.reachable)} more opted out or cannot be reached."
            * (count.people > count.reachable)
        )
    )
    st.write(f":material/schedule: {_times(plan, now)}")
    if not services().settings.is_practice:
        st.caption("Quiet hours hold people back as in every campaign.")
    agreed = st.checkbox(
        "These people agreed to get messages from us, again and again",
        key="recurring_consent",
        help="Kept with your name. Each time, the people are checked anew and opt-outs are left out.",
    )
    missing = [
        sentence
        for sentence, there in (
            ("Give it a name.", bool(plan.name.strip())),
            (
                "Write each text, or take a saved message.",
                all(one.body.strip() or one.media_urls for one in plan.steps),
            ),
            ("Confirm that these people agreed.", agreed),
        )
        if not there
    ]
    for sentence in missing:
        st.write(f":material/radio_button_unchecked: {sentence}")
    st.button(
        "Start this series" if plan.rhythm is None else "Send it again and again",
        type="primary",
        icon=":material/event_repeat:",
        key="recurring_add",
        on_click=_add,
        args=(plan,),
        disabled=bool(missing),
    )


def _times(plan: Plan, now: float) -> str:
    if plan.rhythm is None:
        days = [0]
        for step in plan.steps[1:]:
            days.append(days[-1] + step.days)
        later = ", ".join(f"day {one + 1}" for one in days)
        return f"First on {moment(plan.first_at)}; messages on {later}."
    times, after = [], now
    for _ in range(_TIMES_SHOWN):
        after = plan.rhythm.next_after(after)
        times.append(moment(after))
    return f"The next times: {'; '.join(times)}; and so on."


@deed(Permission.SEND)
def _add(plan: Plan) -> None:
    shared = services()
    add_send(shared.ledger, plan, mode=shared.mode, by=person())
    shared.start_worker()
    for key in list(st.session_state):
        if str(key).startswith(("recurring_", "series_")):
            del st.session_state[key]
    tell(f"“{plain(plan.name)}” is set up. It goes out by itself; pause or delete it here at any time.")
