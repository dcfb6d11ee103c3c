"""What becomes of the links in the text: as they are written, or short and personal, so that clicks are counted."""

import streamlit as st

from mms.campaigns.drafts.drafts import Draft
from mms.campaigns.pictures.own_pictures import picture_base_url
from mms.message.links import MOST_LINKS, SAMPLE_CODE, Links, links_in, short_link
from mms.send_options import OWN_LINKS, TWILIO_LINKS
from pages.components.drafting import bound, bound_choice
from pages.components.reader import counted
from pages.components.safe import plain
from pages.components.wiring import services

_AS_WRITTEN = "as_written"
_LABELS = {
    _AS_WRITTEN: "As they are written",
    OWN_LINKS: "Short, on your own address: clicks are counted here",
    TWILIO_LINKS: "Short, by Twilio: your messaging service needs Link Shortening",
}
_UTM = {
    "utm_source": ("Source", "mms"),
    "utm_medium": ("Medium", "text message"),
    "utm_campaign": ("Campaign", "spring-sale"),
}


def draw(current: Draft) -> None:
    """A choice, where the text has a link."""
    found = links_in(current.content.body)
    if not found and not current.content.links:
        return
    base = picture_base_url(services().settings, services().ledger)
    senders = services().senders
    there = {
        OWN_LINKS: base is not None,
        TWILIO_LINKS: any(one.startswith("MG") for one in senders) and not services().settings.is_practice,
    }
    options = [one for one in _LABELS if there.get(one, True) or one == current.content.links]
    st.radio(
        f"The {counted(len(found), 'link')} in the text",
        format_func=_LABELS.__getitem__,
        help="A short link is made for each person, so that you see who clicked. It leads to your page over this "
        "installation; previews of phones and scanners of carriers are counted apart.",
        **bound_choice(current, "links", options, _AS_WRITTEN),
    )
    if current.content.links == OWN_LINKS and base:
        st.caption(plain(f"People see {short_link(base, SAMPLE_CODE, 0)}, each with a code of their own."))
        if len(found) > MOST_LINKS:
            st.info(f"The first {MOST_LINKS} links become short; the others stay as they are.")
    elif not there[OWN_LINKS]:
        st.caption("To see who clicks, this installation needs a public address: the setting PUBLIC_BASE_URL.")
    if current.content.links in (OWN_LINKS, TWILIO_LINKS):
        _utm(current)


def _utm(current: Draft) -> None:
    with st.expander("Say in the links where visits come from (UTM)", icon=":material/ads_click:", key="utm"):
        st.caption("Google Analytics and others read these words from the address. What a link says already stays.")
        for name, (label, example) in _UTM.items():
            st.text_input(label, placeholder=example, max_chars=100, width=320, **bound(current, name))


def as_sent(current: Draft, body: str) -> str:
    """A text of the preview with its links as people will see them."""
    if current.content.links != OWN_LINKS:
        return body
    base = picture_base_url(services().settings, services().ledger)
    return Links(base).in_text(body, SAMPLE_CODE)
