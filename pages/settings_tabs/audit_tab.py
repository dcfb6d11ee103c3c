"""Who did what: read and taken along, never changed."""

import pandas as pd
import streamlit as st

from mms.access.audit_log import deeds, trail_csv
from pages.components.reader import moment, phone
from pages.components.wiring import person, services

_SHOWN = 200


def draw() -> None:
    """The latest deeds, and the whole trail as a file."""
    reader = person()
    ledger = services().ledger
    with ledger.read() as connection:
        found = deeds(connection, reader, limit=_SHOWN)
    if not found:
        st.write("Nothing yet.")
        return
    st.dataframe(
        pd.DataFrame(
            [
                {"When": moment(one.at), "Who": one.who, "What": one.sentence, "About": phone(one.subject or "")}
                for one in found
            ]
        ),
        hide_index=True,
        key="audit_table",
        placeholder="–",
        alt="Who did what",
    )
    st.download_button(
        "Download the whole trail",
        data=lambda: b"".join(trail_csv(ledger, reader)),
        file_name="audit.csv",
        mime="text/csv",
        key="audit_csv",
        on_click="ignore",
        icon=":material/download:",
    )
