"""A table on a wide window, cards on a phone: both are drawn, and the stylesheet shows the one that fits.

The cards are one element of our own markup with every text escaped, because elements of Streamlit's for each field of
fifty entries would make the page slow.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

import streamlit as st


@dataclass(frozen=True, slots=True)
class Card:
    """One entry: its name and where that leads, what stands beside it, and lines of label and value."""

    title: str
    page: str  # as in the browser's address, without the slash
    params: dict[str, str]
    badge: str
    lines: Sequence[tuple[str, object]]


@contextmanager
def wide(key: str) -> Iterator[None]:
    """What only a wide window shows."""
    with st.container(key=f"wide_{key}"):
        yield


def narrow(key: str, cards: Sequence[Card], alt: str) -> None:
    """What only a phone shows."""
    entries = "".join(map(_entry, cards))
    with st.container(key=f"narrow_{key}"):
        st.html(f'<ul class="mms-cards" aria-label="{escape(alt)}">{entries}</ul>')


def _entry(card: Card) -> str:
    address = escape(f"{card.page}?{urlencode(card.params)}")
    lines = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(str(value))}</dd></div>"
        for label, value in card.lines
        if value not in (None, "")
    )
    badge = f"<span>{escape(card.badge)}</span>" if card.badge else ""
    return f'<li><a href="{address}" target="_self">{escape(card.title)}</a>{badge}<dl>{lines}</dl></li>'
