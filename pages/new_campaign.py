"""New campaign: upload, check, compose, review. The draft is in the ledger; its number is in the address."""

from typing import Protocol

import streamlit as st

from mms.campaigns.drafts.drafts import Draft, all_drafts, delete_draft, save_draft
from mms.errors import MmsError
from mms.reports.comparison.campaign_list import tags_in_use
from mms.roles import Permission, may
from pages.components.as_typed import store_as_typed
from pages.components.drafting import STEP_PARAM, bound, bound_several, draft_in_address, draw_conflict, go_to
from pages.components.notices import deed
from pages.components.open_drafts import buttons_for
from pages.components.safe import plain, shortened
from pages.components.wiring import person, services
from pages.new_campaign_steps import check, compose, review, upload


class Step(Protocol):
    """One leaf of the stepper."""

    def __call__(self, current: Draft) -> None:
        """Draw it."""


STEPS: dict[str, tuple[str, Step]] = {
    "upload": ("Upload", upload.draw),
    "check": ("Check", check.draw),
    "compose": ("Compose", compose.draw),
    "review": ("Review and send", review.draw),
}


def stepper(current: Draft | None, step: str) -> None:
    """Where one is; every step that can be done already is one click away."""
    names = list(STEPS)
    with st.container(horizontal=True, gap="small", key="stepper", vertical_alignment="center"):
        for number, name in enumerate(names, start=1):
            st.button(
                f"{number}. {STEPS[name][0]}",
                key=f"step_{name}",
                type="primary" if name == step else "secondary",
                icon=":material/check:" if names.index(name) < names.index(step) else None,
                disabled=name != "upload" and (current is None or current.upload_id is None),
                on_click=go_to(name),
            )
        if current is not None:
            with st.popover(
                plain(shortened(current.content.name or "No name yet", 30)),
                icon=":material/edit_note:",
                key="about_the_draft",
                help="Its name, its tags, and the way to delete it",
            ):
                name_and_tags(current)


def name_and_tags(current: Draft) -> None:
    """What the campaign is called in lists and reports."""
    with services().ledger.read() as connection:
        known = sorted({*tags_in_use(connection), *current.content.tags})
    st.text_input(
        "Campaign name",
        max_chars=200,
        live=True,
        help="Only you see it: in lists, reports and comparisons.",
        **bound(current, "name"),
    )
    st.multiselect(
        "Tags",
        accept_new_options=True,
        placeholder="Type a tag and press Enter",
        help="To find and compare campaigns later, such as spring or members.",
        **bound_several(current, "tags", known),
    )
    with st.expander("Delete this draft", icon=":material/delete:", key="delete_draft_ask"):
        st.write("The draft and its choices will be gone.")
        st.button("Yes, delete it", key="delete_draft", on_click=forget, args=(current.id,))


@deed(Permission.SEND)
def forget(draft_id: int) -> None:
    delete_draft(services().ledger, draft_id, by=person())
    st.query_params.clear()


def step_of(current: Draft | None) -> str:
    """The step that the address names; without one, where this draft was last looked at."""
    if current is None or current.upload_id is None:
        return "upload"
    step = st.query_params.get(STEP_PARAM, current.content.step)
    return step if step in STEPS else "check"


def begun_already() -> None:
    """On the blank page, the drafts: who came to go on must not upload again."""
    if drafts := all_drafts(services().ledger, limit=5):
        with st.container(border=True, key="begun_already"):
            st.subheader("Or go on with what you began")
            buttons_for(drafts)


def page() -> None:
    """One run of the page."""
    st.title("New campaign")
    current = draft_in_address()
    step = step_of(current)
    stepper(current, step)
    if current is None:
        upload.draw(None)
        begun_already()
        return
    if current.content.step != step and may(person(), Permission.SEND):
        save_draft(services().ledger, current.id, by=person(), **{STEP_PARAM: step})
    draw_conflict(current)
    store_as_typed()
    try:
        STEPS[step][1](current)
    except MmsError as error:
        st.error(plain(error.message))


page()
