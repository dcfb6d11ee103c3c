"""What a person says about all messages at once of which Twilio's log could not tell whether they went out."""

import streamlit as st

from mms.campaigns.records import Campaign
from mms.delivery import Decision, resolve_all_unknown, undecided
from mms.roles import Permission
from pages.components.notices import deed, tell
from pages.components.reader import counted
from pages.components.wiring import person, services

DECISIONS = {
    Decision.SENT: "It went out",
    Decision.SEND_AGAIN: "Send it again",
    Decision.GIVE_UP: "Leave it",
}
"""The same words for one row and for all."""
_MEANINGS = {
    Decision.SENT: "Counts as sent; nobody gets it a second time.",
    Decision.SEND_AGAIN: "Whoever has it already gets it twice.",
    Decision.GIVE_UP: "Nothing more is sent; whoever does not have it gets none.",
}
_CONFIRM = {Decision.SENT: "It went out", Decision.SEND_AGAIN: "Send again", Decision.GIVE_UP: "Leave"}


def draw(current: Campaign) -> None:
    """A menu while rows wait for a decision; the last button carries their number."""
    with services().ledger.read() as connection:
        waiting = undecided(connection, current.id)
    if not waiting:
        return
    with st.popover(f"Decide about {counted(waiting, 'message')}", icon=":material/gavel:", key="decide_ask"):
        st.write("One answer for all of them. To decide about one, select it under *Rows*.")
        choice = st.radio(
            "What became of them?",
            list(DECISIONS),
            format_func=DECISIONS.__getitem__,
            captions=list(_MEANINGS.values()),
            key="decide_choice",
        )
        st.button(
            f"{_CONFIRM[choice]}: {counted(waiting, 'message')}",
            type="primary",
            key="decide_all",
            on_click=decide_all,
            args=(current.id, choice, waiting),
        )


@deed(Permission.SEND)
def decide_all(campaign_id: int, decision: Decision, expected: int) -> None:
    """Only for as many as the button said."""
    resolve_all_unknown(services().ledger, campaign_id, decision, expected=expected, by=person())
    services().start_worker()
    tell(f"{DECISIONS[decision]}: decided for {counted(expected, 'message')}.")
