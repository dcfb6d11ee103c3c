"""What to do with a campaign that is over: try again what is worth it, or write the next one like it."""

import streamlit as st

from mms.campaigns.drafts.copies import draft_of_copy
from mms.campaigns.records import Campaign
from mms.campaigns.retry import RetryChoice, retries, retry_campaign, retry_choice
from mms.roles import Permission
from mms.twilio_codes import explain
from pages.components import places
from pages.components.notices import deed
from pages.components.reader import counted
from pages.components.safe import plain
from pages.components.wiring import person, services


def choice_of(current: Campaign) -> RetryChoice:
    """Which rows are worth another try."""
    with services().ledger.read() as connection:
        return retry_choice(connection, current.id)


def draw(current: Campaign, choice: RetryChoice) -> None:
    """Two menus: again, and a copy; then the campaigns that belong to this one."""
    with services().ledger.read() as connection:
        made = retries(connection, current.id)
    if choice.count:
        with st.popover(
            f"Try {counted(choice.count, 'person', 'people')} again", icon=":material/refresh:", key="retry_ask"
        ):
            _ask(current, choice)
    st.button("Copy this campaign", icon=":material/content_copy:", key="copy", on_click=copy, args=(current.id,))
    if current.parent_id:
        _link("Made from campaign", current.parent_id)
    for number in made:
        _link("Tried again in campaign", number)


def _ask(current: Campaign, choice: RetryChoice) -> None:
    st.write("A new campaign is made of these people, and each gets a new message. Which reasons?")
    chosen = [
        code
        for code, count in choice.worth.items()
        if st.checkbox(
            plain(f"{counted(count, 'person', 'people')}: {explain(code).meaning}"),
            value=True,
            key=f"retry_{current.id}_{code}",
        )
    ]
    if left := sum(choice.left_out.values()):
        st.write(f"Not among them: {counted(left, 'person', 'people')} for whom another try would fare the same.")
    count = sum(choice.worth[code] for code in chosen)
    st.button(
        f"Send {counted(count, 'message')} again",
        type="primary",
        key="retry",
        disabled=not count,
        on_click=retry,
        args=(current.id, tuple(chosen)),
    )


def _link(words: str, number: int) -> None:
    st.page_link(places.CAMPAIGN, label=f"{words} {number}", query_params={"id": str(number)})


@deed(Permission.SEND)
def retry(campaign_id: int, codes: tuple[int | None, ...]) -> None:
    """The same click twice, or in two tabs, finds the first retry."""
    shared = services()
    new = retry_campaign(shared.ledger, campaign_id, codes=codes, by=person())
    shared.start_worker()
    places.open_next(places.CAMPAIGN, id=str(new))


@deed(Permission.SEND)
def copy(campaign_id: int) -> None:
    """A draft with the same message and the same file."""
    shared = services()
    draft_id = draft_of_copy(shared.ledger, campaign_id, by=person())
    places.open_next(places.NEW_CAMPAIGN, draft=str(draft_id), step="check")
