"""People whose consent column says no: left out unless somebody takes them in, which is recorded."""

import streamlit as st

from mms.campaigns.drafts.drafts import Draft
from mms.ledger.audit import note as audit
from mms.recipients import CheckedList, Verdict
from mms.roles import Permission
from pages.components.drafting import put
from pages.components.notices import deed
from pages.components.reader import counted
from pages.components.wiring import services, who


def ask(current: Draft, rows: CheckedList) -> None:
    """The button that takes them in, or the one that leaves them out again."""
    if count := rows.counts[Verdict.NO_CONSENT]:
        people = counted(count, "person", "people")
        st.button(
            f"Send to {people} without consent, too",
            key="include_no_consent",
            icon=":material/person_alert:",
            help="Only if they agreed somewhere else. Your name is kept with this decision.",
            on_click=include,
            args=(current, True, count),
        )
    elif current.content.include_no_consent:
        st.button(
            "Leave out the people without consent", key="exclude_no_consent", on_click=include, args=(current, False, 0)
        )


@deed(Permission.SEND)
def include(current: Draft, wanted: bool, count: int) -> None:
    """Take them in or leave them out again, and write down who decided."""
    ledger = services().ledger
    with ledger.write() as connection:
        detail = {"draft": current.id, "included": wanted, "people": count}
        audit(connection, who(), "draft.include_no_consent", at=ledger.now(connection), detail=detail)
    put(current, include_no_consent=wanted)
