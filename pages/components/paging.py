"""One page of a long table at a time."""

import streamlit as st

PAGE_ROWS = 50


def page_of(total: int, key: str, rows: int = PAGE_ROWS) -> int:
    """Draw the page numbers where there is more than one page; returns how many entries come before this page."""
    pages = max(1, -(-total // rows))
    if pages == 1:
        return 0
    if st.session_state.get(key, 1) > pages:
        st.session_state[key] = pages
    return (st.pagination(pages, key=key) - 1) * rows
