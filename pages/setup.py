"""Settings: what is set and whether it works, and what people edit in the app."""

from collections.abc import Callable

import streamlit as st

from mms.roles import Permission, may
from pages.components.wiring import person
from pages.settings_tabs import (
    audit_tab,
    background_tab,
    connection,
    data_tab,
    frequency_tab,
    keys_tab,
    people_tab,
    tables,
)

TABS: dict[str, tuple[Permission, Callable[[], None]]] = {
    "Connection": (Permission.SEE, connection.draw),
    "API keys": (Permission.MANAGE_KEYS, keys_tab.draw),
    "Prices": (Permission.CHANGE_SETTINGS, tables.draw_prices),
    "Quiet hours": (Permission.CHANGE_SETTINGS, tables.draw_quiet_hours),
    "How often": (Permission.CHANGE_SETTINGS, frequency_tab.draw),
    "Alarms": (Permission.CHANGE_SETTINGS, tables.draw_alarms),
    "People": (Permission.CHANGE_SETTINGS, people_tab.draw),
    "Data": (Permission.PURGE, data_tab.draw),
    "Background work": (Permission.CHANGE_SETTINGS, background_tab.draw),
    "Who did what": (Permission.SEE_AUDIT, audit_tab.draw),
}


def page() -> None:
    """Only the tabs that this person may use, and only the open one is worked out."""
    st.title("Settings")
    reader = person()
    allowed = {name: draw for name, (permission, draw) in TABS.items() if may(reader, permission)}
    for tab, draw in zip(st.tabs(list(allowed), key="setup_tabs", on_change="rerun"), allowed.values(), strict=True):
        if tab.open:
            with tab:
                draw()


page()
