"""When it is over: how it went and what to do next."""

import streamlit as st

from mms.campaigns.records import Campaign
from mms.states import CampaignState, RowState
from mms.words import GROUPS
from pages.parts.reader import counted
from pages.parts.safe import plain


def draw(current: Campaign, counts: dict[RowState, int]) -> None:
    """A few sentences: the outcome, then the next step."""
    sums = {name: sum(counts[state] for state in group.states) for name, group in GROUPS.items()}
    went_out = sums["on_the_way"] + sums["sent"] + sums["delivered"]
    if current.state is CampaignState.STOPPED:
        st.error(f"**It stopped by itself.** {plain(current.reason or '')} Put it right, then press Resume.")
        return
    lines = [f"**{counted(went_out, 'message')} went out.**"]
    if sums["did_not_arrive"]:
        lines.append(f"{counted(sums['did_not_arrive'], 'message')} did not arrive; the rows below say why.")
    if sums["left_out"]:
        lines.append(f"{counted(sums['left_out'], 'row was', 'rows were')} left out.")
    if sums["on_the_way"]:
        lines.append("Receipts are still coming in.")
    st.success(" ".join(lines), icon=":material/task_alt:")
