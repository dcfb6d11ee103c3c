"""Segments by clicks: one condition after the other, with a live count and a sample of people."""

import streamlit as st

from mms.campaigns.records import past_campaigns
from mms.lists.conditions import Asks, Condition
from mms.lists.people import people_of
from mms.lists.saved_lists import NAME_LENGTH, SavedList
from mms.lists.segments import all_segments, count_people, save_segment
from mms.lists.wording import NEEDS, Needs, said
from mms.roles import Permission, may
from pages.components.notices import answer_here, deed, tell
from pages.components.reader import counted, number
from pages.components.safe import plain
from pages.components.wiring import person, services
from pages.list_parts import deeds
from pages.list_parts.now import asked_now
from pages.list_parts.people_table import table

_CONDITIONS, _SAMPLE = "segment_conditions", 5


def draw(found: SavedList) -> None:
    """The segments of a list, and a new one."""
    with services().ledger.read() as connection:
        segments = all_segments(connection, found.id)
        names = past_campaigns(connection, services().mode)
        now = asked_now(connection)
        counts = [count_people(connection, found.id, one.conditions, now) for one in segments]
    for one, count in zip(segments, counts, strict=True):
        with st.container(border=True):
            st.subheader(plain(one.name))
            st.text("\n".join(f"• {said(condition, names)}" for condition in one.conditions))
            deeds.of_segment(one, count.people)
    if may(person(), Permission.SEND):
        _new(found, names)


def _new(found: SavedList, campaigns: dict[int, str]) -> None:
    with st.container(border=True):
        st.subheader("New segment")
        conditions: list[Condition] = st.session_state.setdefault(f"{_CONDITIONS}_{found.id}", [])
        for index, condition in enumerate(conditions):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(said(condition, campaigns))
                st.button(
                    "Remove",
                    key=f"condition_gone_{index}",
                    type="tertiary",
                    on_click=_remove,
                    args=(conditions, index),
                )
        _add_condition(found, conditions, campaigns)
        if not conditions:
            st.caption("Everybody is in it until you add a condition. All conditions must hold.")
            return
        _sample(found, conditions)
        st.text_input(
            "Name of the segment", key="segment_name", max_chars=NAME_LENGTH, placeholder="Denver, not lately"
        )
        st.button("Keep this segment", type="primary", key="segment_save", on_click=_save, args=(found.id,))
        answer_here(__name__)


def _add_condition(found: SavedList, conditions: list[Condition], campaigns: dict[int, str]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asks = st.selectbox("Condition", list(NEEDS), format_func=lambda one: NEEDS[one].label, key="condition_asks")
        needs = NEEDS[asks]
        column = _column(found) if needs.column else ""
        value = _value(needs, campaigns)
        st.button(
            "Add",
            icon=":material/add:",
            key="condition_add",
            on_click=_add,
            args=(conditions, asks, column, value),
            disabled=needs.campaign and not campaigns,
        )


def _column(found: SavedList) -> str:
    columns = [one for one in found.columns if one != found.phone_column]
    return st.selectbox("Column", columns, key="condition_column") or ""


def _value(needs: Needs, campaigns: dict[int, str]) -> str:
    if needs.text:
        return st.text_input("Text", key="condition_text") or ""
    if needs.days:
        return str(st.number_input("Days", 0, 3650, needs.usual_days, key="condition_days"))
    if needs.campaign and campaigns:
        chosen = st.selectbox("Campaign", list(campaigns), format_func=campaigns.__getitem__, key="condition_campaign")
        return str(chosen)
    return ""


def _add(conditions: list[Condition], asks: Asks, column: str, value: str) -> None:
    conditions.append(Condition(asks, column, value))


def _remove(conditions: list[Condition], index: int) -> None:
    del conditions[index]


def _sample(found: SavedList, conditions: list[Condition]) -> None:
    with services().ledger.read() as connection:
        now = asked_now(connection)
        count = count_people(connection, found.id, conditions, now)
        people = people_of(connection, found.id, now, conditions=conditions, limit=_SAMPLE)
    st.write(
        f"**{counted(count.people, 'person', 'people')}** now"
        + (f", {number(count.reachable)} of them can be reached" if count.reachable < count.people else "")
        + "."
    )
    if people:
        table(found, people, key="segment_sample")


@deed(Permission.SEND)
def _save(list_id: int) -> None:
    key = f"{_CONDITIONS}_{list_id}"
    name = st.session_state["segment_name"]
    save_segment(services().ledger, name, list_id, st.session_state[key], by=person())
    st.session_state[key] = []
    tell(f"The segment “{plain(name)}” is kept.")
