"""Widgets whose value lives in the draft: stored as the person types, read back after a reload or a restart."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import streamlit as st

from mms.campaigns.drafts import Draft, draft, save_draft
from mms.errors import CampaignError
from pages.parts.safe import plain
from pages.parts.wiring import services

DRAFT_PARAM = "draft"
STEP_PARAM = "step"


def draft_in_address() -> Draft | None:
    """The draft that the page's address names; None, with a sentence on screen, when it is gone."""
    named = st.query_params.get(DRAFT_PARAM, "")
    if not named.isdecimal():
        return None
    try:
        return draft(services().ledger, int(named))
    except CampaignError as error:
        st.warning(plain(error.message))
        st.query_params.clear()
        return None


def key_of(current: Draft, name: str) -> str:
    """The widget's key. Numbers of deleted drafts come back in SQLite, so the time is part of it."""
    return f"draft_{current.id}_{int(current.created_at)}_{name}"


def bound(current: Draft, name: str, default: Any) -> dict[str, Any]:
    """Arguments for a widget that shows and stores `name` of the draft: its key, and what a change does."""
    key = key_of(current, name)
    if key not in st.session_state:
        st.session_state[key] = current.content.get(name, default)
    return {"key": key, "on_change": _store, "args": (current.id, name, key)}


def bound_moment(current: Draft, name: str) -> dict[str, Any]:
    """As `bound`, for a date with time: kept as ISO text without offset, in the draft's zone."""
    arguments = bound(current, name, None)
    if isinstance(kept := st.session_state[arguments["key"]], str):
        st.session_state[arguments["key"]] = datetime.fromisoformat(kept)
    return arguments


def put(current: Draft, **changes: Any) -> None:
    """Store values that come from elsewhere than their own widget; the widgets show them on the next run."""
    save_draft(services().ledger, current.id, **changes)
    for name in changes:
        st.session_state.pop(key_of(current, name), None)


def go_to(step: str) -> Callable[[], None]:
    """A callback that turns to another step of the same draft."""

    def turn() -> None:
        st.query_params[STEP_PARAM] = step

    return turn


def _store(draft_id: int, name: str, key: str) -> None:
    value = st.session_state[key]
    save_draft(services().ledger, draft_id, **{name: value.isoformat() if isinstance(value, datetime) else value})
