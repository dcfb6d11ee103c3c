"""The choice of a picture that is made for each person."""

import streamlit as st

from mms.campaigns.drafts.drafts import Draft
from mms.picture_templates.saved import all_templates
from pages.components import places
from pages.components.drafting import bound_choice
from pages.components.safe import plain
from pages.components.wiring import services
from pages.new_campaign_steps import workbench

NAME = "picture_template"


def draw(current: Draft) -> None:
    """The chooser, and why the chosen template cannot be used."""
    with services().ledger.read() as connection:
        names = [one.name for one in all_templates(connection)]
    chosen = current.content.picture_template
    if names or chosen:
        choices = [None, *names] if chosen in (None, *names) else [None, chosen, *names]
        st.selectbox(
            "Picture for each person",
            help="Drawn from a template: the person's name on it, and a coupon that can be scanned.",
            format_func=lambda name: name or "None",
            **bound_choice(current, NAME, choices),
        )
    st.page_link(places.PICTURES, label="Make a picture for each person", icon=":material/qr_code_2:")
    if problem := workbench.own_problem(current):
        st.error(plain(problem))
