"""One row's way: each attempt, answer and receipt with its time, and what a person can decide."""

import streamlit as st

from mms.campaigns.records import Campaign
from mms.delivery import Decision, resolve_unknown
from mms.reports.campaign.message_history import RowStory, row_story
from mms.roles import Permission
from mms.states import RowState
from mms.words import ROW_WORDS
from pages.campaign_detail.decide import DECISIONS
from pages.components import places
from pages.components.notices import deed
from pages.components.reader import moment_exact, phone
from pages.components.row_words import why
from pages.components.safe import plain
from pages.components.wiring import person, services


def draw(current: Campaign, row_id: int) -> None:
    """The story beneath the table."""
    with services().ledger.read() as connection:
        told = row_story(connection, row_id)
    row = told.row
    with st.container(border=True, key="story"):
        st.subheader(f"Row {row.row_number}: {ROW_WORDS[row.state].label}")
        if row.recipient:
            st.page_link(
                places.PERSON,
                label=f"Everything sent to {phone(row.recipient)}",
                icon=":material/person_search:",
                query_params={"number": row.recipient},
            )
        st.text(why(row))
        if row.why.advice and row.state is not RowState.SKIPPED:
            st.info(plain(row.why.advice), icon=":material/lightbulb:")
        _moments(told)
        if row.state is RowState.UNKNOWN:
            _decide(row.id)
        with st.expander("The row as it was uploaded", key="story_cells"):
            st.json(dict(zip(current.columns, row.cells, strict=False)))
        if row.message_sid:
            st.caption("Twilio's number for this message")
            st.code(row.message_sid, language=None)


def _moments(told: RowStory) -> None:
    for one in told.moments:
        with st.container(horizontal=True, gap="small"):
            st.text(moment_exact(one.at), width=220)
            st.text(one.words, width="stretch")
        if one.advice:
            st.text(f"{one.advice.meaning} {one.advice.advice}")
    if not told.moments:
        st.text("Nothing was sent for this row.")


def _decide(row_id: int) -> None:
    st.write("Twilio's log could not tell whether it went out. If you know, say so:")
    with st.container(horizontal=True):
        for decision, label in DECISIONS.items():
            st.button(label, key=f"decide_{decision}", on_click=decide, args=(row_id, decision))


@deed(Permission.SEND)
def decide(row_id: int, decision: Decision) -> None:
    """A person's word about a row of which nobody knows."""
    resolve_unknown(services().ledger, row_id, decision, by=person())
    services().start_worker()
