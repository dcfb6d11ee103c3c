"""When it is over: how it went and what to do next."""

import streamlit as st

from mms.campaigns.records import Campaign
from mms.reports.campaign.reached import reached_in_the_end
from mms.reports.counts import Counts, Part
from mms.states import CampaignState, RowState
from pages.components.reader import counted, number
from pages.components.safe import plain
from pages.components.wiring import services


def draw(current: Campaign, by_state: dict[RowState, int], worth_another_try: int) -> None:
    """A few sentences: the outcome, then the next step. Green only when nothing is left to look at."""
    if current.state is CampaignState.STOPPED:
        _stopped(current, by_state)
        return
    counts = Counts.of(by_state)
    words = " ".join(
        [*_outcome(current, counts), *_in_the_end(current, counts), *_next_steps(current, counts, worth_another_try)]
    )
    if current.state is CampaignState.CANCELED:
        st.info(words, icon=":material/cancel:")
    elif not counts.arrived.possible:
        st.error(words, icon=":material/error:")
    elif counts[Part.NOT_ARRIVED] or counts[Part.REFUSED]:
        st.warning(words, icon=":material/rule:")
    else:
        st.success(words, icon=":material/task_alt:")


def _stopped(current: Campaign, by_state: dict[RowState, int]) -> None:
    reason = plain(current.reason or "")
    if current.reason_code != "unknown_rows":
        st.error(f"**It stopped by itself.** {reason} Put it right, then press *Resume*.")
    elif by_state[RowState.UNKNOWN]:
        st.warning(f"**It waits for your decision.** {reason}", icon=":material/help:")
    else:
        st.warning(f"**It waits for your decision.** {reason} Then press *Resume*.", icon=":material/help:")


def _outcome(current: Campaign, counts: Counts) -> list[str]:
    before = " before it was cancelled" if current.state is CampaignState.CANCELED else ""
    handed = counts.handed_over
    is_are = "was" if handed == 1 else "were"
    if handed:
        lines = [f"**{counted(handed, 'message')} {is_are} handed over to Twilio{before}.**", _arrival(counts)]
    else:
        lines = [f"**No message was handed over to Twilio{before}.**"]
    if counts[Part.NOT_ARRIVED]:
        lines.append(f"{counted(counts[Part.NOT_ARRIVED], 'message')} did not arrive; the table below says why.")
    if counts[Part.REFUSED]:
        lines.append(f"Twilio refused {number(counts[Part.REFUSED])}; the table below says why.")
    if counts[Part.TAKEN_BACK]:
        lines.append(f"{counted(counts[Part.TAKEN_BACK], 'message was', 'messages were')} taken back.")
    if counts[Part.LEFT_OUT]:
        lines.append(
            f"{counted(counts[Part.LEFT_OUT], 'person was', 'people were')} left out; the table below says why."
        )
    return lines


def _arrival(counts: Counts) -> str:
    band = counts.arrived
    if not band.possible:
        return "None of them arrived. They went to Twilio all the same: read the reasons before you send again."
    if band.confirmed == band.possible:
        return f"{number(band.confirmed)} arrived ({band})."
    return f"{number(band.confirmed)} to {number(band.possible)} arrived ({band}): the others gave no receipt so far."


def _in_the_end(current: Campaign, counts: Counts) -> list[str]:
    """This campaign and its retries together, where there are any."""
    with services().ledger.read() as connection:
        found = reached_in_the_end(connection, current.id)
    if found is None:
        return []
    return [
        f"With its retries, {number(found.confirmed)} of {counted(counts.to_send, 'person', 'people')} were reached."
    ]


def _next_steps(current: Campaign, counts: Counts, worth_another_try: int) -> list[str]:
    steps = []
    if counts[Part.NOT_KNOWN]:
        steps.append("Of some it is not known whether they went out: Twilio's log is being asked, or you decide.")
    if current.purged_at:
        return steps
    if worth_another_try:
        steps.append(f"Next: *Try {counted(worth_another_try, 'person', 'people')} again*.")
    elif counts[Part.NOT_ARRIVED] or counts[Part.REFUSED]:
        steps.append("Next: the tab *Charts* says what to do about each reason.")
    if counts[Part.TAKEN_BACK]:
        steps.append("To send them after all, choose *Taken back* under Result, then *New campaign with these people*.")
    if counts[Part.ON_THE_WAY]:
        steps.append("Receipts are still coming in, so the figures may change.")
    if not counts.handed_over and not counts[Part.REFUSED] and not counts[Part.TAKEN_BACK]:
        steps.append("Next: *Copy this campaign*, fix the rows in the check, and send.")
    return steps or ["Nothing is left to do: hand over the report, or copy the campaign for the next list."]
