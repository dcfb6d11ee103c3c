"""One person: everything sent to a number, what they wrote, and numbers that never work."""

import pandas as pd
import streamlit as st

from mms.access.traces import SEARCH, trace
from mms.errors import MmsError
from mms.opt_outs.changes import as_number
from mms.reports.people.finding import FEWEST, find_people
from mms.reports.people.person import PersonHistory, person_history
from mms.reports.people.unreachable_numbers import dead_page, free
from mms.roles import Permission
from mms.words import ROW_WORDS
from pages.components import places
from pages.components.notices import deed, forget_answer, tell
from pages.components.paging import PAGE_ROWS, page_of
from pages.components.reader import counted, moment, moment_exact, phone
from pages.components.row_words import why
from pages.components.safe import plain, shortened
from pages.components.wiring import person, services, who

_FIELD = "person_number"
_CELLS = 4  # of the row, so that one knows who it is
WORDS = {"reply": "Wrote", "added": "Opted out", "removed": "Came back"}


@deed(Permission.SEND)
def let_back(number: str) -> None:
    ledger = services().ledger
    with ledger.write() as connection:
        free(connection, number, at=ledger.now(connection), by=person())
    tell(f"{plain(phone(number))} can be messaged again.")


def look_up() -> None:
    """What was typed goes into the address, so that the page can be kept and shared: a whole number, or a search."""
    forget_answer()
    text = st.session_state[_FIELD]
    st.query_params.clear()
    if not text:
        return
    try:
        st.query_params["number"] = as_number(services().settings, text)
    except MmsError:
        st.query_params["find"] = text


def show(found: PersonHistory) -> None:
    """Messages and words, the newest first."""
    st.header(plain(phone(found.recipient)))
    if found.dead:
        st.warning(plain(f"This number cannot get messages: {found.dead.meaning}"))
        st.button("Try it again next time", key="person_free", on_click=let_back, args=(found.recipient,))
    if not found.contacts and not found.words:
        st.write("This number was never in a list here.")
        return
    story = story_of(found)
    chosen = st.dataframe(
        pd.DataFrame([line for line, _campaign in story]),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="person_contacts",
        placeholder="–",
        column_config={"When": st.column_config.TextColumn(width="medium")},
        alt="Messages to this person and what they said, the newest first",
    )
    picked = chosen["selection"]["rows"] if chosen else []
    if picked and (campaign := story[picked[0]][1]):
        st.switch_page(places.CAMPAIGN, query_params={"id": str(campaign)})
    st.caption("The newest first. Select a line to open its campaign.")


def story_of(found: PersonHistory) -> list[tuple[dict[str, str | None], int | None]]:
    """One line for each message and each word, the newest first, with the number of its campaign."""
    lines: list[tuple[float, dict[str, str | None], int | None]] = [
        (
            one.at,
            {"Campaign": one.campaign_name, "Event": ROW_WORDS[one.row.state].label, "What": why(one.row)},
            one.campaign_id,
        )
        for one in found.contacts
    ]
    lines += [
        (
            one.at,
            {"Campaign": one.campaign_name or "not known", "Event": WORDS.get(one.kind, one.kind), "What": one.text},
            one.campaign_id,
        )
        for one in found.words
    ]
    ordered = sorted(lines, key=lambda line: line[0], reverse=True)
    return [({"When": moment_exact(at), **about}, campaign) for at, about, campaign in ordered]


def dead_numbers() -> None:
    """Landlines and numbers out of service, learned from earlier answers."""
    with services().ledger.read() as connection:
        _, total = dead_page(connection, limit=1)
    if not total:
        st.write("None so far. They are learned from what Twilio reports.")
        return
    first = page_of(total, "dead_page")
    with services().ledger.read() as connection:
        found, _ = dead_page(connection, offset=first, limit=PAGE_ROWS)
    st.caption(counted(total, "number"))
    chosen = st.dataframe(
        pd.DataFrame(
            [
                {
                    "Number": phone(one.recipient),
                    "Why": one.why.meaning,
                    "Code": one.why.code,
                    "Since": moment(one.since),
                }
                for one in found
            ]
        ),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="dead_table",
        column_config={"Code": st.column_config.NumberColumn(format="%d")},
        alt="Numbers that cannot get messages",
    )
    picked = chosen["selection"]["rows"] if chosen else []
    if picked and picked[0] < len(found):
        number = found[picked[0]].recipient
        st.button(
            f"Message {plain(phone(number))} again",
            icon=":material/undo:",
            key="dead_free",
            on_click=let_back,
            args=(number,),
            help="Takes the number off this list. A new failure puts it back.",
        )
    else:
        st.caption("Select a number to take it off the list.")


def matches(text: str) -> None:
    """Everybody whose row in some list has the text, each a way to their history."""
    if len(text.strip()) < FEWEST:
        st.write(f"Type at least {FEWEST} characters.")
        return
    shared = services()
    with shared.ledger.read() as connection:
        found = find_people(connection, text, shared.mode, limit=PAGE_ROWS)
    if not found:
        st.write("Nobody in any campaign has this. Try a part of it, or the last four digits of the number.")
        return
    more = "; there may be more, so type more of it" if len(found) == PAGE_ROWS else ""
    st.caption(f"{counted(len(found), 'person', 'people')}, who was in a list last first{more}.")
    for one in found:
        with st.container(horizontal=True, vertical_alignment="center", key=f"found_{one.recipient.lstrip('+')}"):
            st.page_link(places.PERSON, label=phone(one.recipient), query_params={"number": one.recipient})
            st.text(", ".join(value for value in list(one.cells.values())[:_CELLS] if value) or "–")
            st.caption(plain(f"{shortened(one.campaign, 40)}, {moment(one.at)}"))


def page() -> None:
    """One run of the page."""
    st.title("One person")
    named = st.query_params.get("number", "")
    wanted = st.query_params.get("find", "")
    st.session_state.setdefault(_FIELD, named or wanted)
    st.text_input(
        "Name, phone number, last four digits, or anything that a list says",
        type="search",
        key=_FIELD,
        placeholder="Ann, 0123 or (212) 555-0123",
        on_change=look_up,
        width=460,
    )
    if named or wanted:
        trace(services().ledger, who(), SEARCH)
    if named:
        try:
            found_number = as_number(services().settings, named)
        except MmsError as error:
            st.warning(plain(error.message))
        else:
            with services().ledger.read() as connection:
                found = person_history(connection, found_number)
            show(found)
    elif wanted:
        matches(wanted)
    else:
        st.write("Type to see everything that was sent to somebody, and what came back.")
    st.header("Numbers that never work")
    dead_numbers()


page()
