"""Recurring sends: what comes again by itself, when it is due next, and what became of each time."""

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from mms.errors import MmsError
from mms.lists.saved_lists import saved_list
from mms.lists.segments import segment
from mms.recurring.sends import (
    RecurringSend,
    Run,
    all_sends,
    approve_send,
    delete_send,
    needs_approval,
    pause_send,
    resume_send,
    runs_of,
)
from mms.recurring.states import RunResult, SendState
from mms.roles import Permission, may
from pages.components import places
from pages.components.notices import deed, tell
from pages.components.reader import counted, moment
from pages.components.safe import plain
from pages.components.wiring import person, services
from pages.recurring_parts import planning

_STATES = {SendState.ACTIVE: "Goes on by itself", SendState.PAUSED: "Paused", SendState.DONE: "Over"}
_RESULTS = {
    RunResult.SENT: "A campaign was made",
    RunResult.NOBODY: "Nobody was to get it",
    RunResult.MISSED: "Missed",
    RunResult.FAILED: "Not sent",
}


def page() -> None:
    """One run of the page."""
    st.title("Recurring sends")
    st.write(
        "A message that comes every day, week or month, or a series of messages with days between. "
        "Each time is a campaign of its own: its people are chosen and checked then."
    )
    shared = services()
    with shared.ledger.read() as connection:
        found = all_sends(connection, shared.mode)
    for one in found:
        with st.container(border=True, key=f"recurring_{one.id}"):
            _draw(one)
    if may(person(), Permission.SEND):
        planning.draw()
    elif not found:
        st.info("There is none yet. Somebody who may send can set one up here.")


def _draw(one: RecurringSend) -> None:
    with services().ledger.read() as connection:
        runs = runs_of(connection, one.id)
        people = _people(connection, one)
        waits = needs_approval(connection, one)
    st.subheader(plain(one.name))
    if one.rhythm:
        when = one.rhythm.sentence
        st.write(f"{plain(when[0].upper() + when[1:])}, to {people}.")
    else:
        st.write(f"A series of {counted(len(one.steps), 'message')} to {people}. It stops for who replies or opts out.")
    if one.state is SendState.ACTIVE and one.next_at:
        which = f"Message {one.step + 1} is due" if one.is_series else "Next"
        st.write(f":material/schedule: **{which}:** {moment(one.next_at)}")
    else:
        st.write(f":material/pause_circle: **{_STATES[one.state]}**")
    if one.reason:
        st.warning(plain(one.reason))
    if waits:
        st.info(f"{plain(one.created_by)} set it up. A large one waits until somebody else approves it.")
    with st.expander("The message" if not one.is_series else "The messages"):
        for number, step in enumerate(one.steps, start=1):
            if one.is_series:
                st.caption(f"Message {number}" + (f", {counted(step.days, 'day')} later" if number > 1 else ""))
            st.text(step.body or "(no text)")
            if step.media_urls:
                st.caption(f"{counted(len(step.media_urls), 'picture')} with it")
    _history(one, runs)
    _deeds(one, waits=waits)


def _people(connection: Connection, one: RecurringSend) -> str:
    try:
        if one.segment_id is not None:
            return f"the segment “{plain(segment(connection, one.segment_id).name)}”"
        return f"the list “{plain(saved_list(connection, one.list_id).name)}”"
    except MmsError:
        return "people who were deleted"


def _history(one: RecurringSend, runs: list[Run]) -> None:
    if not runs:
        return
    with st.expander(f"What became of it ({counted(len(runs), 'time')})"):
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        "Due": moment(run.due_at),
                        "What became of it": _RESULTS[run.result],
                        "Why": run.reason,
                        "Campaign": run.campaign_id,
                    }
                    for run in runs
                ]
            ),
            hide_index=True,
            key=f"recurring_runs_{one.id}",
            placeholder="–",
            alt=f"Times of {one.name}",
        )
    if (last := next((run.campaign_id for run in runs if run.campaign_id), None)) is not None:
        st.page_link(
            places.CAMPAIGN,
            label=f"Its latest campaign, {last}",
            icon=":material/send:",
            query_params={"id": str(last)},
        )


def _deeds(one: RecurringSend, *, waits: bool) -> None:
    if not may(person(), Permission.SEND):
        return
    with st.container(horizontal=True):
        if waits and person().name != one.created_by:
            st.button(
                "Approve",
                type="primary",
                icon=":material/check:",
                key=f"recurring_approve_{one.id}",
                on_click=_approve,
                args=(one.id,),
            )
        if one.state is SendState.ACTIVE:
            st.button(
                "Pause", icon=":material/pause:", key=f"recurring_pause_{one.id}", on_click=_pause, args=(one.id,)
            )
        elif one.state is SendState.PAUSED:
            st.button(
                "Go on", icon=":material/play_arrow:", key=f"recurring_go_on_{one.id}", on_click=_go_on, args=(one.id,)
            )
        with st.popover("Delete", icon=":material/delete:", key=f"recurring_delete_ask_{one.id}"):
            st.write("It will not come again. The campaigns that were made of it stay.")
            st.button("Delete it", type="primary", key=f"recurring_delete_{one.id}", on_click=_delete, args=(one.id,))


@deed(Permission.SEND)
def _approve(send_id: int) -> None:
    approve_send(services().ledger, send_id, by=person())
    tell("Approved. It goes on by itself.")


@deed(Permission.SEND)
def _pause(send_id: int) -> None:
    pause_send(services().ledger, send_id, by=person())
    tell("Paused: nothing more comes of it until somebody goes on with it.")


@deed(Permission.SEND)
def _go_on(send_id: int) -> None:
    resume_send(services().ledger, send_id, by=person())
    services().start_worker()
    tell("It goes on by itself.")


@deed(Permission.SEND)
def _delete(send_id: int) -> None:
    delete_send(services().ledger, send_id, by=person())
    tell("Deleted. Its campaigns stay.")


page()
