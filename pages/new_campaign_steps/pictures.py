"""The pictures: links and files from the computer, each with what the pre-flight says about it."""

import streamlit as st

from mms.campaigns.drafts.drafts import Draft
from mms.campaigns.pictures.hosted_pictures import PLACE, MediaHost, host_picture, media_host, prepare_file
from mms.campaigns.pictures.media_check import MediaFindings
from mms.campaigns.pictures.own_pictures import own_pictures
from mms.errors import CampaignError, UploadError
from mms.media.check.share_links import share_link
from mms.media.check.verdict import MediaVerdict
from mms.media.image.preparing import PreparedPicture
from mms.message import MAX_MEDIA, MessageTemplate
from mms.roles import Permission
from pages.components.drafting import put
from pages.components.keys import UPLOAD_ROUND
from pages.components.notices import answer_here, deed, tell
from pages.components.reader import counted
from pages.components.safe import plain, shortened
from pages.components.wiring import person, services, who
from pages.new_campaign_steps import workbench

_ROWS_SHOWN = 20
_BEFORE_AFTER = "picture_before_after"


def draw(current: Draft) -> None:
    """What is there already, then the ways to add more."""
    st.subheader("Pictures")
    urls = current.content.media_urls
    verdicts = _verdicts(current)
    for position, url in enumerate(urls):
        _one(current, position, url, verdicts.get(url))
    if len(urls) >= MAX_MEDIA:
        st.write(f"A message can carry {MAX_MEDIA} pictures.")
        return
    _from_computer(current)
    _from_the_web(current)


def _verdicts(current: Draft) -> dict[str, MediaVerdict]:
    message = workbench.template_of(current)
    if message is None or not message.media:
        return {}
    try:
        rows = workbench.checked_with_message(current)
    except UploadError:
        return {}
    findings = workbench.media_findings(rows, message)
    rows_kept_back(findings)
    return dict(findings.verdicts)


def rows_kept_back(findings: MediaFindings) -> None:
    """How many rows have a picture that cannot be used, which and why; nothing when none has."""
    kept_back = list(findings.by_row.values())
    if not kept_back:
        return
    st.warning(f"In {counted(len(kept_back), 'row')} the row's own picture cannot be used. These rows are left out.")
    with st.expander("Which rows, and why", icon=":material/table_rows:", key="rows_without_picture"):
        for problem in kept_back[:_ROWS_SHOWN]:
            st.text(f"Row {problem.row}: {problem.message} {problem.advice}".rstrip())
            st.caption(plain(shortened(problem.url, 100)))
        if len(kept_back) > _ROWS_SHOWN:
            st.text(f"… and {counted(len(kept_back) - _ROWS_SHOWN, 'more row')}.")


def _one(current: Draft, position: int, url: str, verdict: MediaVerdict | None) -> None:
    with st.container(border=True, key=f"picture_{position}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            if verdict and verdict.thumbnail:
                st.image(
                    verdict.thumbnail, width=72, alt=f"Picture {position + 1} of {len(current.content.media_urls)}"
                )
            st.text("From your computer" if _is_own(url) else shortened(url, 70), width="stretch")
            if position:
                st.button(
                    "Earlier",
                    key=f"earlier_picture_{position}",
                    icon=":material/arrow_upward:",
                    on_click=move_up,
                    args=(current, position),
                    help=f"Phones show picture {position + 1} before the one above it then",
                )
            st.button(
                "Remove",
                key=f"remove_picture_{position}",
                icon=":material/close:",
                on_click=remove,
                args=(current, position),
                help=f"Remove picture {position + 1} from the message",
            )
        if verdict is None:
            merged = "{" in url
            st.caption("Each row has its own picture." if merged else "It is looked at when the file can be checked.")
        else:
            _verdict(current, position, url, verdict)


def _is_own(url: str) -> bool:
    """Whether this installation hosts the picture; its link says nothing to a person."""
    shared = services()
    return own_pictures(shared.settings, shared.ledger).name_in(url) is not None


def _verdict(current: Draft, position: int, url: str, verdict: MediaVerdict) -> None:
    if verdict.ok:
        st.caption(f":material/check_circle: {plain(verdict.message)}")
        if verdict.advice and not _is_own(url):
            st.info(plain(verdict.advice))
        return
    st.error(plain(f"{verdict.message} {verdict.advice or ''}"))
    shared = share_link(url)
    if shared and shared.direct_url:
        st.button(
            "Use the direct link instead",
            key=f"direct_{position}",
            on_click=exchange,
            args=(current, position, shared.direct_url),
            icon=":material/link:",
        )


def _from_computer(current: Draft) -> None:
    key = f"picture_file_{current.id}_{st.session_state.get(UPLOAD_ROUND, 0)}"
    st.file_uploader(
        "Add a picture, video or contact card from your computer",
        key=key,  # without `type`: what cannot be used is refused in our words, with what to do
        on_change=take_picture,
        args=(current, key),
        help="A picture is turned upright, made small enough for phones, and freed of place and camera details. "
        "A video (MP4, 3GP; best below 600 KB) or a contact card (VCF) goes out as it is.",
    )
    answer_here(__name__)
    host = media_host(services().settings)
    if host is not MediaHost.OWN:
        st.caption(f"It is put on the web by {PLACE[host]}, where phones fetch it from.")
    if done := st.session_state.get(_BEFORE_AFTER):
        _before_after(*done)


def _before_after(before: bytes, after: bytes, changes: tuple[str, ...]) -> None:
    with st.expander("Before and after", icon=":material/compare:", key="before_after"):
        left, right = st.columns(2)
        left.image(before, caption="Before", alt="The picture as it was")
        right.image(after, caption="After", alt="The picture as it will be sent")
        for change in changes or ("Nothing had to be changed.",):
            st.text(f"• {change}")


@deed(Permission.SEND)
def take_picture(current: Draft, key: str) -> None:
    """Make the chosen picture fit for phones, keep it, and put its link into the message."""
    chosen = st.session_state.get(key)
    if chosen is None:
        return
    picture = prepare_file(chosen.getvalue(), chosen.name, by=who())
    with st.spinner("Putting the picture on the web …"):
        url = host_picture(services().settings, services().ledger, picture, by=person())
    if isinstance(picture, PreparedPicture):
        st.session_state[_BEFORE_AFTER] = (picture.before or picture.data, picture.data, picture.changes)
    else:
        st.session_state.pop(_BEFORE_AFTER, None)
        for advice in picture.changes:
            tell(plain(advice))
    st.session_state[UPLOAD_ROUND] = st.session_state.get(UPLOAD_ROUND, 0) + 1
    _add(current, url)


def _from_the_web(current: Draft) -> None:
    form = st.form(f"add_link_{current.id}", clear_on_submit=True, border=False)
    with form, st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Or a link to a picture on the web",
            key=f"link_{current.id}",
            placeholder="https://…/picture.jpg, or a column such as {Picture}",
            width="stretch",
        )
        st.form_submit_button("Add link", key=f"add_{current.id}", on_click=add_link, args=(current,))


@deed(Permission.SEND)
def add_link(current: Draft) -> None:
    """Add the typed link; a column in braces stands for each row's own pictures."""
    typed = st.session_state[f"link_{current.id}"].strip()
    if typed:
        MessageTemplate.parse("", [typed])
        _add(current, typed)


def _add(current: Draft, url: str) -> None:
    urls = current.content.media_urls
    if url in urls:
        raise CampaignError("This picture is in the message already.", code="already_there")
    put(current, media_urls=[*urls, url])


@deed(Permission.SEND)
def remove(current: Draft, position: int) -> None:
    """Take one picture out of the message."""
    urls = list(current.content.media_urls)
    put(current, media_urls=urls[:position] + urls[position + 1 :])


@deed(Permission.SEND)
def move_up(current: Draft, position: int) -> None:
    """Put one picture before the one above it."""
    urls = list(current.content.media_urls)
    urls[position - 1 : position + 1] = reversed(urls[position - 1 : position + 1])
    put(current, media_urls=urls)


@deed(Permission.SEND)
def exchange(current: Draft, position: int, url: str) -> None:
    """Put another link in the place of one."""
    urls = list(current.content.media_urls)
    urls[position] = url
    put(current, media_urls=urls)
