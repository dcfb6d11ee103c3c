"""What a click may do and what it says: roles are asked first, and what does not fit is a sentence on the page.

One rule for all pages. What a module's clicks say is drawn where that module calls `answer_here(__name__)`, beside its
buttons; where it does not, or is not drawn (a deed that leads to another page), in the frame, which keeps it in view.
It stays until the next click, or until the reader goes to another page. Streamlit's alerts are live regions, so it is
read out.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import ParamSpec

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mms.access.traces import REFUSED, trace
from mms.errors import MmsError, NotAllowed
from mms.roles import Permission, require
from pages.components.keys import ACTING, ANSWERED, NOTICE
from pages.components.safe import plain
from pages.components.wiring import person, services, who

_P = ParamSpec("_P")
_DRAW = {"done": st.success, "problem": st.error}


@dataclass(frozen=True, slots=True)
class Notice:
    """What was said by a click of the module `of`, about its thing `at`; `page` is where it was shown."""

    sentence: str
    kind: str
    of: str
    at: object = None
    page: str | None = None


def tell(sentence: str, *, kind: str = "done", at: object = None) -> None:
    """Answer a click, on the next run. It is our own text: escape what comes from people.

    `at` says which of several like things a click of this module was about.
    """
    st.session_state[NOTICE] = Notice(sentence, kind, st.session_state.get(ACTING, ""), at)


def forget_answer() -> None:
    """The next action has begun."""
    st.session_state.pop(NOTICE, None)


def answer_here(of: str, at: object = None) -> None:
    """Where the buttons of the module `of` (its `__name__`) are: draw what the last of their clicks said."""
    waiting = st.session_state.get(NOTICE)
    if waiting and (waiting.of, waiting.at) == (of, at):
        _draw(waiting)


def begin_answers(page: str) -> None:
    """For the frame, before a page is drawn: what was said on another page is over."""
    st.session_state[ANSWERED] = False
    waiting = st.session_state.get(NOTICE)
    if waiting and waiting.page not in (None, page):
        forget_answer()


def end_answers(page: str, place: DeltaGenerator) -> None:
    """For the frame, behind the page: what nobody drew beside a button comes into `place`."""
    waiting = st.session_state.get(NOTICE)
    if waiting is None:
        return
    if not st.session_state.get(ANSWERED):
        with place:
            _draw(waiting)
    st.session_state[NOTICE] = replace(waiting, page=page)


def _draw(waiting: Notice) -> None:
    st.session_state[ANSWERED] = True
    _DRAW[waiting.kind](waiting.sentence)


def deed(permission: Permission) -> Callable[[Callable[_P, None]], Callable[_P, None]]:
    """For callbacks: only who may, does; and an `MmsError` becomes a sentence on the page."""

    def decorate(action: Callable[_P, None]) -> Callable[_P, None]:
        @wraps(action)
        def guarded(*args: _P.args, **kwargs: _P.kwargs) -> None:
            forget_answer()
            st.session_state[ACTING] = action.__module__
            try:
                require(person(), permission)
                action(*args, **kwargs)
            except MmsError as error:
                if isinstance(error, NotAllowed):
                    trace(services().ledger, who(), REFUSED, subject=f"{action.__module__}.{action.__name__}")
                tell(plain(error.message), kind="problem")

        return guarded

    return decorate
