"""One sentence that outlives a rerun or a change of page: said once, then gone."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from mms.errors import MmsError
from pages.parts.keys import NOTICE
from pages.parts.safe import plain

_P = ParamSpec("_P")
_DRAW = {"done": st.success, "problem": st.error}


def tell(sentence: str, *, kind: str = "done") -> None:
    """Show `sentence` on the next run, wherever that is. It is our own text: escape what comes from people."""
    st.session_state[NOTICE] = (kind, sentence)


def show_notice() -> None:
    """Draw the waiting sentence, if there is one."""
    if waiting := st.session_state.pop(NOTICE, None):
        kind, sentence = waiting
        _DRAW[kind](sentence)


def said_on_screen(action: Callable[_P, None]) -> Callable[_P, None]:
    """For callbacks: what does not fit is said on the page as a sentence, never as a trace."""

    @wraps(action)
    def guarded(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            action(*args, **kwargs)
        except MmsError as error:
            tell(plain(error.message), kind="problem")

    return guarded
