"""The picture on which layers are dragged and sized: a component of our own (Streamlit's components v2)."""

import base64
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent
_HELP = "Arrow keys move it, Shift with arrow keys sizes it."

_component = st.components.v2.component(
    "picture_stage",
    html='<div class="stage"></div>',
    css=(_HERE / "stage.css").read_text(encoding="utf-8"),
    js=(_HERE / "stage.js").read_text(encoding="utf-8"),
)


def stage(
    picture: bytes,
    layers: Sequence[tuple[str, Mapping[str, float]]],
    *,
    selected: int,
    revision: int,
    on_moved: Callable[[int, Mapping[str, float]], None],
) -> None:
    """Draw it. `layers` are a name and a box each; `on_moved` hears the number and the new box of one that moved."""
    key = "picture_stage"

    def moved() -> None:
        told: Any = st.session_state[key]
        found = told.get("moved") if told else None
        if found and found.get("revision") == revision:
            on_moved(int(found["index"]), found["box"])

    _component(
        key=key,
        data={
            "image": f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}",
            "alt": "The picture as one person gets it",
            "layers": [{"label": label, "box": dict(box)} for label, box in layers],
            "selected": selected,
            "revision": revision,
            "help": _HELP,
        },
        on_moved_change=moved,
    )
