"""Going on without the rows to mend: agreed to for exactly these rows, and asked again when others join them."""

import streamlit as st

from mms.campaigns.drafts.drafts import Draft, save_draft
from mms.campaigns.launch.checklist import agreement, goes_on_without
from mms.recipients import CheckedList, Verdict
from pages.components.drafting import key_of
from pages.components.reader import counted
from pages.components.wiring import person, services

_NAME = "skip_problems"


def is_agreed(current: Draft, rows: CheckedList) -> bool:
    """Whether the person has seen how many rows there are to mend, and goes on without these very rows."""
    return goes_on_without(current.content, rows)


def ask(current: Draft, rows: CheckedList) -> None:
    """The box to tick."""
    bad = rows.counts[Verdict.PROBLEM]
    identity = agreement(rows)
    key = f"{key_of(current, _NAME)}_{identity}"
    if current.content.skip_problems and not is_agreed(current, rows):
        st.warning("Since you agreed to go on without some rows, the rows to fix have changed. Please look again.")
    them = "this row" if bad == 1 else f"these {counted(bad, 'row')}"
    st.checkbox(
        f"Go on without {them}",
        value=is_agreed(current, rows),
        help="They get no message, and the report says so for each of them.",
        key=key,
        on_change=_store,
        args=(current.id, key, identity),
    )


def _store(draft_id: int, key: str, identity: str) -> None:
    save_draft(services().ledger, draft_id, by=person(), skip_problems=identity if st.session_state[key] else None)
