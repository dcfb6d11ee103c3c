"""The template that is being edited: kept in the session, every change can be undone."""

import copy
from collections.abc import Mapping
from typing import Any

import streamlit as st

from mms.picture_templates.saved import SavedTemplate

_KEY = "picture_work"
_UNDOS = 50


def work() -> dict[str, Any] | None:
    """Name, content, history and selected layer; None while nothing is edited."""
    found: dict[str, Any] | None = st.session_state.get(_KEY)
    return found


def begin(name: str, content: Mapping[str, Any]) -> None:
    """Edit this from now on."""
    st.session_state[_KEY] = {
        "name": name,
        "content": copy.deepcopy(dict(content)),
        "saved": copy.deepcopy(dict(content)),
        "history": [],
        "selected": 0,
        "revision": 0,
    }


def open_saved(saved: SavedTemplate) -> None:
    """Edit the newest version of a template."""
    begin(saved.name, saved.template.to_json())


def close() -> None:
    """Edit nothing any more."""
    st.session_state.pop(_KEY, None)


def change(content: Mapping[str, Any]) -> None:
    """Go on with a changed content; the one before can be had back."""
    current = work()
    if current is None or current["content"] == content:
        return
    current["history"] = [*current["history"], current["content"]][-_UNDOS:]
    current["content"] = copy.deepcopy(dict(content))
    current["revision"] += 1


def change_layer(index: int, **changes: Any) -> None:
    """Change some fields of one layer."""
    current = work()
    if current is not None:
        content = copy.deepcopy(current["content"])
        content["layers"][index].update(changes)
        change(content)


def undo() -> None:
    """Take back the last change."""
    current = work()
    if current and current["history"]:
        current["content"] = current["history"].pop()
        current["revision"] += 1
        current["selected"] = min(current["selected"], max(0, len(current["content"]["layers"]) - 1))
