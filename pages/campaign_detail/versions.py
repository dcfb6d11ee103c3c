"""What each version of the message brought with those who tried it, and the choice for the rest."""

import pandas as pd
import streamlit as st

from mms.campaigns import controls
from mms.campaigns.records import Campaign
from mms.reports.counts import HANDED_OVER
from mms.roles import Permission, may
from mms.states import CampaignState
from mms.versions.results import Difference, VersionResult, differences, people_who_wait, version_results
from mms.versions.version import Rule
from pages.components.notices import deed
from pages.components.reader import counted, number
from pages.components.safe import plain, shortened
from pages.components.wiring import person, services

_WHAT = {
    Rule.CLICKS: ("clicked", "more people clicked"),
    Rule.REPLIES: ("replied", "more people replied"),
    Rule.OPT_OUTS: ("opted out", "fewer people opted out"),
}
_CHOOSABLE = frozenset({CampaignState.PAUSED, CampaignState.STOPPED})


def draw(current: Campaign) -> None:
    """Nothing for a campaign with one text."""
    if not current.versions:
        return
    with services().ledger.read() as connection:
        found = version_results(connection, current.id)
    with st.container(border=True, key="versions"):
        st.subheader("Versions")
        st.dataframe(
            pd.DataFrame([_line(current, one) for one in found]),
            hide_index=True,
            key="versions_table",
            column_config={
                HANDED_OVER.label: st.column_config.NumberColumn(format="localized", help=HANDED_OVER.meaning),
                "Tried by": st.column_config.NumberColumn(format="localized", help="People who were drawn for it"),
                "Text": st.column_config.TextColumn(width="large"),
            },
            alt="What each version brought",
        )
        for rule in _rules(current):
            st.write(plain(sentence(found, differences(found, rule), rule)))
        if current.winner:
            st.write(f"**The others got version {current.winner}.**")
        elif current.state in _CHOOSABLE and may(person(), Permission.SEND):
            _choice(current)


def _line(current: Campaign, one: VersionResult) -> dict[str, object]:
    text = next(version.body for version in current.versions if version.name == one.name)
    return {
        "Version": one.name,
        "Tried by": one.drawn,
        HANDED_OVER.label: one.handed_over,
        "Clicked": _share(one.clicks, one.handed_over),
        "Replied": _share(one.replies, one.handed_over),
        "Opted out": _share(one.opt_outs, one.handed_over),
        "Text": shortened(text, 120),
    }


def _share(count: int, of: int) -> str:
    return f"{number(count)} ({100 * count / of:.1f} %)" if of else "–"


def _rules(current: Campaign) -> list[Rule]:
    chosen = Rule(current.options.test_rule)
    if chosen is not Rule.HAND:
        return [chosen]
    return [rule for rule in _WHAT if rule is not Rule.CLICKS or current.options.links]


def sentence(results: list[VersionResult], found: list[Difference], rule: Rule) -> str:
    """The differences in words, each with its interval; or that there are too few people to tell."""
    done, better = _WHAT[rule]
    if not found or not any(one.count(rule)[0] for one in results):
        return f"Nobody has {done} yet."
    if not all(one.is_sure for one in found):
        return (
            f"By who {done}: too few people to tell. The difference of {_points(found[0].value)} in 100 people "
            f"between {found[0].leader} and {found[0].other} could as well be chance (it may lie between "
            f"{_points(found[0].low)} and {_points(found[0].high)})."
        )
    against = "; ".join(
        f"{_points(one.value)} in 100 against version {one.other} (95 of 100 such tests lie between "
        f"{_points(one.low)} and {_points(one.high)})"
        for one in found
    )
    return f"With version {found[0].leader} {better}: a difference of {against}."


def _points(share: float) -> str:
    return f"{100 * share:.1f}"


def _choice(current: Campaign) -> None:
    with services().ledger.read() as connection:
        waiting = people_who_wait(connection, current.id)
    st.write(f"{counted(waiting, 'person waits', 'people wait')}. Which version do they get?")
    with st.container(horizontal=True):
        for one in current.versions:
            st.button(
                f"Send the rest with {one.name}",
                key=f"choose_{one.name}",
                icon=":material/send:",
                on_click=choose,
                args=(current.id, one.name),
            )


@deed(Permission.SEND)
def choose(campaign_id: int, version: str) -> None:
    """Go on with this version."""
    controls.choose_version(services().ledger, campaign_id, version, by=person())
    services().start_worker()
