"""A second and a third text that some people try first; the rest gets the one that did best."""

import streamlit as st

from mms.campaigns.drafts.drafts import Draft
from mms.message import MAX_BODY
from mms.send_options import OWN_LINKS
from mms.versions.version import Rule
from pages.components.drafting import bound, bound_choice
from pages.new_campaign_steps import advice

RULES = {
    Rule.HAND.value: "I choose myself",
    Rule.CLICKS.value: "The most people who clicked",
    Rule.REPLIES.value: "The most people who replied",
    Rule.OPT_OUTS.value: "The fewest opt-outs",
}


def draw(current: Draft) -> None:
    """Closed for who sends one text to everybody."""
    with st.expander("Try another text on some people first (A/B)", icon=":material/science:", key="versions"):
        st.checkbox(
            "Try two or three texts",
            help="Some people, drawn by chance from every area, get version A (the text above) or B. The others wait "
            "and get the better one.",
            **bound(current, "test_on"),
        )
        if current.content.test_on:
            _texts(current)
            _test(current)


def _texts(current: Draft) -> None:
    for name, label in (("version_b", "Version B"), ("version_c", "Version C, if you like")):
        st.text_area(label, height=120, max_chars=MAX_BODY, placeholder="{First Name|Hi}, …", **bound(current, name))
    advice.draw(current.content.version_b)


def _test(current: Draft) -> None:
    st.slider(
        "How many try them, in 100 people",
        min_value=5,
        max_value=80,
        step=5,
        width=360,
        **bound(current, "test_percent"),
    )
    st.selectbox(
        "The rest gets",
        format_func=RULES.__getitem__,
        width=360,
        **bound_choice(current, "test_rule", list(RULES), Rule.HAND.value),
    )
    if current.content.test_rule == Rule.CLICKS and current.content.links != OWN_LINKS:
        st.warning("To choose by clicks, the text needs a link, made short on your own address: see above.")
    if current.content.test_rule != Rule.HAND:
        st.number_input("After hours", min_value=0.5, max_value=720.0, width=200, **bound(current, "test_hours"))
        st.caption("Where too few people make a difference that could as well be chance, the app asks you instead.")
