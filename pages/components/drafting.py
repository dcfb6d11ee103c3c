"""Widgets whose value lives in the draft: stored as the person types, read back after a reload or a restart."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mms.campaigns.drafts.content import typed
from mms.campaigns.drafts.drafts import Draft, draft, save_draft, save_field
from mms.errors import CampaignError
from mms.roles import Permission, may
from pages.components.keys import DRAFT_CONFLICTS, DRAFT_ROUNDS, DRAFT_STORED
from pages.components.notices import deed, forget_answer
from pages.components.safe import plain
from pages.components.top import begin_at_top
from pages.components.wiring import person, services

DRAFT_PARAM = "draft"
STEP_PARAM = "step"
_LABELS = {"body": "The message", "name": "The name", "media_urls": "The pictures", "start_at": "The start"}


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
    """The widget's key: `put` begins a new widget."""
    round_no = st.session_state.get(DRAFT_ROUNDS, {}).get((current.id, name), 0)
    return f"draft_{current.id}_{int(current.created_at)}_{name}_{round_no}"


def bound(current: Draft, name: str) -> dict[str, Any]:
    """Arguments for a widget with `value`, which shows and stores `name` of the draft.

    The ledger's value is the widget's own default, never set through the session state: a value set that way is
    lost when the run is cut short, and the browser then sends its empty field back.
    """
    return {"value": getattr(current.content, name), **_storing(current, name)}


def bound_choice(current: Draft, name: str, options: Sequence[Any], default: Any = None) -> dict[str, Any]:
    """As `bound`, for one of `options`; nothing is chosen while neither the draft nor `default` names one of them."""
    chosen = getattr(current.content, name)
    chosen = chosen if chosen in options else default
    index = options.index(chosen) if chosen in options else None
    return {"options": options, "index": index, **_storing(current, name)}


def bound_several(current: Draft, name: str, options: Sequence[Any]) -> dict[str, Any]:
    """As `bound`, for any number of `options`."""
    return {"options": options, "default": getattr(current.content, name), **_storing(current, name)}


def bound_moment(current: Draft, name: str) -> dict[str, Any]:
    """As `bound`, for a date with time: kept as ISO text without offset, in the draft's zone."""
    kept = getattr(current.content, name)
    return {"value": datetime.fromisoformat(kept) if kept else None, **_storing(current, name)}


def put(current: Draft, **changes: Any) -> None:
    """Store values that come from elsewhere than their own widget; the widgets begin anew with them."""
    save_draft(services().ledger, current.id, by=person(), **changes)
    rounds = st.session_state.setdefault(DRAFT_ROUNDS, {})
    ours = st.session_state.setdefault(DRAFT_STORED, {})
    for name in changes.keys() - {"upload_id"}:
        ours[current.id, name] = typed(name, changes[name])
        rounds[current.id, name] = rounds.get((current.id, name), 0) + 1


def go_to(step: str) -> Callable[[], None]:
    """A callback that turns to another step of the same draft."""

    def turn() -> None:
        forget_answer()
        st.query_params[STEP_PARAM] = step
        begin_at_top()

    return turn


def draw_conflict(current: Draft) -> None:
    """What another tab changed while it was changed here, too: both to choose from; nothing is lost until then."""
    for (draft_id, name), (theirs, mine) in list(st.session_state.get(DRAFT_CONFLICTS, {}).items()):
        if draft_id != current.id:
            continue
        with st.container(border=True):
            st.warning(f"**{_LABELS.get(name, 'A choice')}** was changed in another tab. Which one is to stay?")
            left, right = st.columns(2)
            _offer(left, current, name, theirs, "From the other tab", "theirs")
            _offer(right, current, name, mine, "Typed here", "mine")


def _offer(column: DeltaGenerator, current: Draft, name: str, value: Any, heading: str, which: str) -> None:
    with column:
        st.markdown(f"**{heading}**")
        st.text("(nothing)" if value in (None, "") else str(value))
        st.button("Keep this", key=f"keep_{which}_{name}", on_click=_keep, args=(current, name, value))


@deed(Permission.SEND)
def _keep(current: Draft, name: str, value: Any) -> None:
    st.session_state[DRAFT_CONFLICTS].pop((current.id, name), None)
    put(current, **{name: value})


def _storing(current: Draft, name: str) -> dict[str, Any]:
    key = key_of(current, name)
    locked = not may(person(), Permission.SEND)  # a viewer sees the same, and changes nothing
    return {
        "key": key,
        "disabled": locked,
        "on_change": _store,
        "args": (current.id, name, key, getattr(current.content, name)),
    }


@deed(Permission.SEND)
def _store(draft_id: int, name: str, key: str, read: Any) -> None:
    """A run that is cut short leaves the widget with what was read before it; what we stored ourselves is known."""
    value = st.session_state[key]
    value = typed(name, value.isoformat() if isinstance(value, datetime) else value)
    ours = st.session_state.setdefault(DRAFT_STORED, {})
    place = (draft_id, name)
    stands = save_field(services().ledger, draft_id, name, value, seen=(read, ours.get(place, read)), by=person())
    if stands == value:
        ours[place] = value
    else:
        st.session_state.setdefault(DRAFT_CONFLICTS, {})[place] = (stands, value)
