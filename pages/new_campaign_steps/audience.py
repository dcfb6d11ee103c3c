"""Review, who: recipients, and everybody who is left out, by reason."""

import pandas as pd
import streamlit as st

from mms.campaigns.drafts import decisions
from mms.campaigns.drafts.drafts import Draft
from mms.campaigns.launch.checklist import CheckedDraft
from mms.campaigns.launch.frequency_cap import count_at_the_cap, frequency_cap
from mms.campaigns.launch.repeat_check import RECENT_DAYS
from mms.campaigns.launch.submission import Repeats
from mms.campaigns.pictures.media_check import MediaFindings
from mms.recipients import CheckedList, Verdict
from mms.states import SkipReason
from mms.twilio_codes import explain
from mms.words import CAMPAIGN_WORDS, SKIP_WORDS
from pages.components import places
from pages.components.drafting import bound, bound_choice, go_to
from pages.components.reader import counted, moment, number
from pages.components.safe import plain, shortened
from pages.components.wiring import services
from pages.new_campaign_steps import leave_out as without
from pages.new_campaign_steps import pictures


def draw(current: Draft, draft: CheckedDraft, count: int) -> None:
    """The count that the button carries, and who is missing from it, folded."""
    left_out = len(draft.checked) - count
    words = f"Who: {counted(count, 'person gets', 'people get')} it, {number(left_out)} of the list left out"
    with st.expander(words, icon=":material/groups:", key="review_who"):
        _left_out(current, draft.checked, draft.findings, draft.known)
        _look_back(current)


def questions(current: Draft, draft: CheckedDraft) -> None:
    """What somebody has to see, or to say, before the button is pressed."""
    to_mend = draft.to_mend
    if (bad := to_mend.counts[Verdict.PROBLEM]) and not without.is_agreed(current, to_mend):
        st.warning(f"{counted(bad, 'row needs', 'rows need')} fixing. Fix them, or say that you go on without them.")
        without.ask(current, to_mend)
        if draft.checked.counts[Verdict.PROBLEM]:
            st.button("See these rows", key="review_see_rows", on_click=go_to("check"), icon=":material/table_rows:")
        pictures.rows_kept_back(draft.findings)
    _same_campaign(current, draft.known)
    _too_often(draft.checked)
    _people_lately(current, draft.known)


def _left_out(current: Draft, rows: CheckedList, findings: MediaFindings, known: Repeats) -> None:
    reasons = [
        (SKIP_WORDS[SkipReason.NOT_MENDED].label, rows.counts[Verdict.PROBLEM]),
        ("Picture of the row cannot be used", len(findings.by_row)),
        (SKIP_WORDS[SkipReason.DUPLICATE].label, rows.counts[Verdict.DUPLICATE]),
        (SKIP_WORDS[SkipReason.OPTED_OUT].label, rows.counts[Verdict.OPTED_OUT]),
        (SKIP_WORDS[SkipReason.NO_CONSENT].label, rows.counts[Verdict.NO_CONSENT]),
        ("Blank row", rows.counts[Verdict.BLANK]),
        (
            SKIP_WORDS[SkipReason.RECENTLY_MESSAGED].label,
            len(known.recent) if current.content.skip_recent else 0,
        ),
        ("Number that never works", len(known.dead) if current.content.skip_dead else 0),
    ]
    shown = [(label, count) for label, count in reasons if count]
    if shown:
        st.dataframe(
            pd.DataFrame(shown, columns=["Left out, because", "Rows"]),
            hide_index=True,
            width="content",
            column_config={"Rows": st.column_config.NumberColumn(format="localized")},
            key="left_out",
            alt="Rows that get no message, by reason",
        )


def _same_campaign(current: Draft, known: Repeats) -> None:
    if not known.same:
        return
    first = known.same[0]
    st.warning(
        f"The same message to the same people was sent on {moment(first.created_at)} "
        f"({CAMPAIGN_WORDS[first.state].label.lower()}). Sending it again means that they get it twice."
    )
    st.page_link(places.CAMPAIGN, label=f"See {plain(shortened(first.name))}", query_params={"id": str(first.id)})
    st.checkbox("Send it to them a second time", **bound(current, "allow_repeat"))


def _too_often(rows: CheckedList) -> None:
    shared = services()
    with shared.ledger.read() as connection:
        cap = frequency_cap(connection)
        if cap is None:
            return
        numbers = frozenset(number for _, number in rows.ready_numbers())
        count = count_at_the_cap(connection, numbers, shared.mode, shared.ledger.now(connection))
    if count:
        often = f"{counted(cap.messages, 'message')} in {counted(cap.days, 'day')}"
        st.warning(f"{counted(count, 'person has', 'people have')} reached the limit of {often} and will be left out.")


def _look_back(current: Draft) -> None:
    st.selectbox(
        "Look for people who got a message from you",
        format_func=_last,
        width=320,
        **bound_choice(current, "recent_days", decisions.RECENTLY, decisions.recent_days(current.content)),
    )


def _people_lately(current: Draft, known: Repeats) -> None:
    if known.recent:
        people = counted(len(known.recent), "person", "people")
        st.warning(f"{people} got a message from you {_last(decisions.recent_days(current.content))}.")
        st.checkbox("Leave these people out", **bound(current, "skip_recent"))
    if known.dead:
        meanings = sorted({explain(code).meaning for code in known.dead.values()})
        st.info(f"{counted(len(known.dead), 'number')} could not get messages before: {plain(' '.join(meanings[:3]))}")
        st.checkbox("Leave these numbers out", **bound(current, "skip_dead"))


def _last(days: float) -> str:
    return "in the last 24 hours" if days == RECENT_DAYS else f"in the last {days:g} days"
