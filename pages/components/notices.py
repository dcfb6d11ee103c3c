"""What a click may do and what it says: roles are asked first, and what does not fit is a sentence on the page."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from mms.errors import MmsError
from mms.roles import Permission, require
from pages.components.keys import NOTICE
from pages.components.safe import plain
from pages.components.wiring import person

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


def deed(permission: Permission) -> Callable[[Callable[_P, None]], Callable[_P, None]]:
    """For callbacks: only who may, does; and an `MmsError` becomes a sentence on the page."""

    def decorate(action: Callable[_P, None]) -> Callable[_P, None]:
        @wraps(action)
        def guarded(*args: _P.args, **kwargs: _P.kwargs) -> None:
            try:
                require(person(), permission)
                action(*args, **kwargs)
            except MmsError as error:
                tell(plain(error.message), kind="problem")

        return guarded

    return decorate
