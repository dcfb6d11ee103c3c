"""Where each page's file lies: absolute, so that links work from `app.py`, from the frame and under AppTest."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from pages.components.keys import NEXT_PLACE
from pages.components.top import begin_at_top

_PAGES = Path(__file__).resolve().parent.parent

HOME = _PAGES / "home.py"
NEW_CAMPAIGN = _PAGES / "new_campaign.py"
SCHEDULED = _PAGES / "scheduled.py"
CAMPAIGNS = _PAGES / "campaigns.py"
CAMPAIGN = _PAGES / "campaign.py"
COMPARE = _PAGES / "compare.py"
REPLIES = _PAGES / "replies.py"
LISTS = _PAGES / "lists.py"
TEMPLATES = _PAGES / "templates.py"
JOIN = _PAGES / "join.py"
RECURRING = _PAGES / "recurring.py"
PICTURES = _PAGES / "picture_templates.py"
PERSON = _PAGES / "person.py"
OPT_OUTS = _PAGES / "opt_outs.py"
INBOX = _PAGES / "inbox.py"
SETUP = _PAGES / "setup.py"
HELP = _PAGES / "help.py"


def open_next(place: Path, **params: str) -> None:
    """For callbacks: turn to another page as soon as the frame has drawn its menu."""
    st.session_state[NEXT_PLACE] = (place, params)


def follow() -> None:
    """For fragments, which rerun by themselves only: have the frame go where a callback wanted to go."""
    if NEXT_PLACE in st.session_state:
        st.rerun()


def turn_page(page: st.Page, pages: Mapping[Path, st.Page]) -> None:
    """Go where a callback wanted to go; forgotten only on arrival, because a second click can undo the turn."""
    wanted = st.session_state.get(NEXT_PLACE)
    if wanted is None:
        return
    place, params = wanted
    arrived = page.url_path == pages[place].url_path
    if arrived and all(st.query_params.get(name) == value for name, value in params.items()):
        del st.session_state[NEXT_PLACE]
        begin_at_top()
    else:
        st.switch_page(place, query_params=params)
