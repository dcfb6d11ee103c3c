"""What people wrote back."""

import pandas as pd
import streamlit as st

from mms.campaigns.records import Campaign
from mms.opt_outs.replies import replies_to, reply_count
from pages.components.paging import PAGE_ROWS, page_of
from pages.components.reader import moment, phone
from pages.components.wiring import services


def draw(current: Campaign) -> None:
    """Newest first."""
    with services().ledger.read() as connection:
        total = reply_count(connection, current.id)
    if not total:
        st.write("No replies yet. Twilio is asked for them every minute while this app runs.")
        return
    first = page_of(total, "replies_page")
    with services().ledger.read() as connection:
        found = replies_to(connection, current.id, limit=PAGE_ROWS, offset=first)
    st.dataframe(
        pd.DataFrame(
            [
                {"When": moment(one.at), "From": phone(one.sender), "Reply": one.body, "Word": one.keyword}
                for one in found
            ]
        ),
        hide_index=True,
        key="replies_table",
        alt="Replies to this campaign",
    )
