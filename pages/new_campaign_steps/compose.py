"""Step 3: the message. Typed on the left, seen as a phone shows it on the right."""

import streamlit as st

from mms.campaigns.drafts.drafts import Draft
from mms.errors import MmsError, UploadError
from mms.recipients import MissingColumnsError
from mms.roles import Permission
from pages.components.drafting import go_to, put
from pages.components.notices import deed
from pages.components.reader import counted
from pages.components.safe import plain
from pages.new_campaign_steps import links, own_picture, pictures, preview, saved, text, versions, workbench
from pages.new_campaign_steps.step_bar import step_bar


def draw(current: Draft) -> None:
    """Text and pictures, what is wrong with them, and the way on."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.header("What does it say?")
        saved.draw(current)
        text.draw(current)
        _problems(current)
        links.draw(current)
        pictures.draw(current)
        own_picture.draw(current)
        versions.draw(current)
    with right:
        preview.draw(current)
    written = workbench.template_of(current) is not None
    with step_bar(back="check"):
        st.button(
            "Next: review" + (f" for {counted(people, 'person', 'people')}" if (people := _people(current)) else ""),
            type="primary",
            key="to_review",
            disabled=not written,
            on_click=go_to("review"),
            icon=":material/arrow_forward:",
        )
        if not written:
            st.text("Write a text or add a picture to go on.")


def _people(current: Draft) -> int:
    """Who is ready to get it, as far as that can be said; 0 while it cannot."""
    try:
        return workbench.checked_with_message(current).ready
    except MmsError:
        return 0


def _problems(current: Draft) -> None:
    """What keeps the text from being merged with the file, each with its cure."""
    content = workbench.content_of(current)
    if not content.body.strip() and not content.media_urls and content.own is None:
        return
    try:
        content.template  # noqa: B018 - reading it is the check
        rows = workbench.checked_with_message(current)
    except MissingColumnsError as error:
        st.error(plain(error.message))
        for wrong, near in error.suggestions.items():
            if near:
                st.button(
                    f"Use {plain('{' + near + '}')} instead of {plain('{' + wrong + '}')}",
                    key=f"use_{wrong}",
                    on_click=replace_field,
                    args=(current, wrong, near),
                )
        return
    except UploadError:
        return  # about the file as a whole: the step before says it
    except MmsError as error:
        st.error(plain(error.message))
        return
    for alarm in rows.warnings:
        if alarm.kind in ("fallback_used", "ambiguous_field", "insecure_media", "sms_segments"):
            st.info(plain(alarm.sentence))
    text.blank_rows(rows)


@deed(Permission.SEND)
def replace_field(current: Draft, wrong: str, near: str) -> None:
    """Put the column that was meant where the unknown one stands, with and without fallback."""
    content = workbench.content_of(current)
    for end in ("}", "|"):
        content = type(content)(
            content.body.replace("{" + wrong + end, "{" + near + end),
            tuple(url.replace("{" + wrong + end, "{" + near + end) for url in content.media_urls),
        )
    put(current, body=content.body, media_urls=list(content.media_urls))
