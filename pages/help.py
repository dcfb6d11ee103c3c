"""When something goes wrong: the same table of codes as the report's advice, and the words used here."""

import pandas as pd
import streamlit as st

from mms.reports.counts import ARRIVED_MEANING, WORDS
from mms.twilio_codes import ALL, CodeAdvice, Hands, Retry
from mms.words import GLOSSARY, PROBLEM_LABELS, ROW_WORDS
from pages.components.going_on import STOP_SHORTCUT
from pages.components.safe import plain

HANDS = {
    Hands.YOU: "You",
    Hands.ADMINISTRATOR: "Your Twilio administrator",
    Hands.RECIPIENT: "The recipient",
    Hands.CARRIER: "The carrier",
    Hands.NOBODY: "Nobody",
}
RETRY = {
    Retry.NO: "No",
    Retry.FIX: "Once it is put right",
    Retry.WAIT: "Later",
    Retry.CHECK: "Look in Twilio's log first",
}
FIRST_AID = {
    "I sent it to the wrong people": (
        f"Press **Stop everything** (it is on every page while something is sent, or press {STOP_SHORTCUT}). "
        "What has not gone out is held or taken back within a second. What Twilio has cannot be called back."
    ),
    "It stands still": (
        "The campaign's page says what it waits for: its turn on the sender, quiet hours, a first few, or your word. "
        "Sending goes on in the background; you may close the tab."
    ),
    "A message is marked Not known": (
        "Twilio did not answer, so it may have gone out. Twilio's log is being asked; nothing is sent twice meanwhile. "
        "Where the log cannot tell, the row asks you."
    ),
    "Many did not arrive": (
        "Open the campaign, choose the result “Not arrived”, and read the reason of each row. "
        "“Try again” offers only rows where another try can help."
    ),
    "The picture cannot be used": (
        "Twilio fetches the picture itself, so a link that needs a login or shows a page does not work. "
        "Upload the picture under Pictures instead."
    ),
    "The computer was switched off in the middle": (
        "Start the app again. Campaigns go on where they stopped; messages in doubt are looked up first."
    ),
}


def codes(text: str) -> list[CodeAdvice]:
    """Codes whose number or words contain the text."""
    wanted = text.strip().lower()
    return [one for one in ALL.values() if wanted in f"{one.code} {one.meaning} {one.advice}".lower()]


def code_table() -> None:
    """Every code that we know, searched as one types."""
    st.header("What a code means")
    text = st.text_input("Search by code or word", type="search", key="code_search", width=360, live=True) or ""
    found = codes(text)
    if not found:
        st.write("No code fits. Twilio's own list has every code; the report holds the code of each row.")
        return
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Code": one.code,
                    "What it means": one.meaning,
                    "What to do": one.advice,
                    "In whose hands": HANDS[one.hands],
                    "Try again?": RETRY[one.retry],
                    "Twilio's page": one.link or None,
                }
                for one in found
            ]
        ),
        hide_index=True,
        key="codes",
        column_config={
            "Code": st.column_config.NumberColumn(format="%d", width="small"),
            "What it means": st.column_config.TextColumn(width="large"),
            "What to do": st.column_config.TextColumn(width="large"),
            "Twilio's page": st.column_config.LinkColumn(display_text="Open"),
        },
        alt="Twilio's codes, what they mean and what to do",
    )


def page() -> None:
    """One run of the page."""
    st.title("When something goes wrong")
    for title, advice in FIRST_AID.items():
        with st.expander(title):
            st.write(advice)
    code_table()
    st.header("Words")
    for word, meaning in GLOSSARY.items():
        st.markdown(f"**{plain(word)}**: {plain(meaning)}")
    with st.expander("What the numbers count", key="count_words"):
        for count in WORDS:
            st.markdown(f"**{plain(count.label)}**: {plain(count.meaning)}")
        st.markdown(f"**Arrived**: {plain(ARRIVED_MEANING)}")
    with st.expander("What can become of a row"):
        for row_word in ROW_WORDS.values():
            st.markdown(f"**{plain(row_word.label)}**: {plain(row_word.meaning)}")
    with st.expander("What can be wrong with a row"):
        st.write(plain(", ".join(PROBLEM_LABELS.values())))


page()
