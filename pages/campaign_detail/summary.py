"""When it is over: how it went and what to do next."""

import streamlit as st

from mms.campaigns.records import Campaign
from mms.states import CampaignState, RowState
from mms.words import GROUPS
from pages.components.reader import counted
from pages.components.safe import plain


def draw(current: Campaign, counts: dict[RowState, int], worth_another_try: int) -> None:
    """A few sentences: the outcome, then the next step. Green only when nothing is left to look at."""
    if current.state is CampaignState.STOPPED:
        _stopped(current, counts)
        return
    sums = {name: sum(counts[state] for state in group.states) for name, group in GROUPS.items()}
    went_out = sums["on_the_way"] + sums["sent"] + sums["delivered"]
    words = " ".join([*_outcome(current, sums, went_out), *_next_steps(sums, went_out, worth_another_try)])
    if current.state is CampaignState.CANCELED:
        st.info(words, icon=":material/cancel:")
    elif not went_out:
        st.error(words, icon=":material/error:")
    elif sums["did_not_arrive"]:
        st.warning(words, icon=":material/rule:")
    else:
        st.success(words, icon=":material/task_alt:")


def _stopped(current: Campaign, counts: dict[RowState, int]) -> None:
    reason = plain(current.reason or "")
    if current.reason_code != "unknown_rows":
        st.error(f"**It stopped by itself.** {reason} Put it right, then press *Resume*.")
    elif counts[RowState.UNKNOWN]:
        st.warning(f"**It waits for your decision.** {reason}", icon=":material/help:")
    else:
        st.warning(f"**It waits for your decision.** {reason} Then press *Resume*.", icon=":material/help:")


def _outcome(current: Campaign, sums: dict[str, int], went_out: int) -> list[str]:
    before = " before it was cancelled" if current.state is CampaignState.CANCELED else ""
    lines = [f"**{counted(went_out, 'message') if went_out else 'No message'} went out{before}.**"]
    if sums["did_not_arrive"]:
        lines.append(f"{counted(sums['did_not_arrive'], 'message')} did not arrive; the rows below say why.")
    if sums["taken_back"]:
        lines.append(f"{counted(sums['taken_back'], 'message was', 'messages were')} taken back.")
    if sums["left_out"]:
        lines.append(f"{counted(sums['left_out'], 'row was', 'rows were')} left out; the rows below say why.")
    return lines


def _next_steps(sums: dict[str, int], went_out: int, worth_another_try: int) -> list[str]:
    steps = []
    if sums["unknown"]:
        steps.append("Of some it is not known whether they went out: Twilio's log is being asked, or you decide.")
    if worth_another_try:
        steps.append(f"Next: *Try {counted(worth_another_try, 'row')} again*.")
    elif sums["did_not_arrive"]:
        steps.append("Next: the tab *Charts* says what to do about each reason.")
    if sums["taken_back"]:
        steps.append("To send them after all, choose *Taken back* under Result, then *New campaign with these rows*.")
    if sums["on_the_way"]:
        steps.append("Receipts are still coming in, so the figures may change.")
    if not went_out and not sums["did_not_arrive"] and not sums["taken_back"]:
        steps.append("Next: *Copy this campaign*, mend the rows in the check, and send.")
    return steps or ["Nothing is left to do: hand over the report, or copy the campaign for the next list."]
