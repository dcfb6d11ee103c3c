"""Review, when and from where: sender, start, quiet hours, a first few, and how long it takes."""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from mms.campaigns.drafts import decisions
from mms.campaigns.drafts.content import Start
from mms.campaigns.drafts.drafts import Draft
from mms.campaigns.launch.senders import KIND_NAMES, sender_kind
from mms.quiet_hours.local_times import moments
from mms.quiet_hours.zone_names import zone_said
from pages.components.drafting import bound, bound_choice, bound_moment, put
from pages.components.reader import phone, zone
from pages.components.safe import plain
from pages.components.wiring import services
from pages.new_campaign_steps.in_one_sentence import start_said, unusual

_WHICH = ("The first", "The second, an hour later")
_LABELS = {Start.NOW: "As soon as I press the button", Start.LATER: "At a time that I choose"}


def draw(current: Draft) -> None:
    """The choices about sending; each has a default that suits most campaigns."""
    said = [start_said(current), *unusual(current)]
    with st.expander(f"When and from where: {plain(', '.join(said))}", icon=":material/schedule:", key="review_when"):
        _choices(current)


def _choices(current: Draft) -> None:
    _sender(current)
    st.radio(
        "Start",
        format_func=_LABELS.__getitem__,
        horizontal=True,
        **bound_choice(current, "start", list(_LABELS), Start.NOW),
    )
    if decisions.starts_later(current.content):
        _start_time(current)
    _last_moment(current)
    if services().settings.is_practice:
        st.caption("Quiet hours are left aside in practice. Live, nobody gets a message at night.")
    else:
        st.checkbox(
            "Also send at night",
            help="Off: rows wait until morning where it is night for the person.",
            **bound(current, "any_hour"),
        )
    _more(current)


def _sender(current: Draft) -> None:
    senders = services().senders
    if len(senders) < 2:
        st.text(f"From {sender_label(senders[0])}" if senders else "There is no number to send from.")
        return
    st.selectbox("From", format_func=sender_label, width=400, **bound_choice(current, "sender", senders, senders[0]))


def sender_label(address: str) -> str:
    """A sender as people know it."""
    kind = KIND_NAMES[sender_kind(address)]
    return f"{kind} …{address[-4:]}" if address.startswith("MG") else f"{kind} {phone(address)}"


def _start_time(current: Draft) -> None:
    where = current.content.zone
    now = datetime.now(ZoneInfo(where) if where else zone()).replace(tzinfo=None, second=0, microsecond=0)
    if not current.content.start_at:
        put(current, zone=where or str(zone()), start_at=_next_full_hour(now).isoformat())
        st.rerun()
    chosen = datetime.fromisoformat(current.content.start_at)
    st.datetime_input(
        f"Start at ({zone_said(where or str(zone()))})",
        min_value=min(now, chosen),  # of an old draft; a start in the past is told beneath
        max_value=now + timedelta(days=365),
        width=320,
        **bound_moment(current, "start_at"),
    )
    if chosen < now:
        st.warning("This time is past, so sending would begin at once. Choose another time.")
    _ask_about_the_clock_change(current, "start_at")
    st.caption("The computer that runs this app must be on then. A start missed by more than an hour asks you first.")


def _last_moment(current: Draft) -> None:
    """For an offer that ends: what has not gone out by then is skipped."""
    st.checkbox(
        "It has a last moment",
        help="For an offer that ends: nobody gets it later. Whoever it has not reached by then is skipped.",
        **bound(current, "ends"),
    )
    if not current.content.ends:
        return
    where = current.content.zone
    now = datetime.now(ZoneInfo(where) if where else zone()).replace(tzinfo=None, second=0, microsecond=0)
    if not current.content.not_after:
        put(current, zone=where or str(zone()), not_after=now.replace(hour=20, minute=0).isoformat())
        st.rerun()
    chosen = datetime.fromisoformat(current.content.not_after)
    st.datetime_input(
        f"Nobody gets it after ({zone_said(where or str(zone()))})",
        min_value=min(now, chosen),
        max_value=now + timedelta(days=365),
        width=320,
        **bound_moment(current, "not_after"),
    )
    _ask_about_the_clock_change(current, "not_after")
    if not decisions.ends_in_time(current.content, time.time()):
        st.warning("The last moment is before the start, so nobody would get it. Choose a later one.")


def _ask_about_the_clock_change(current: Draft, name: str) -> None:
    """A time that does not exist is told; of one that comes twice the person chooses."""
    chosen = moments(getattr(current.content, name), current.content.zone or "UTC")
    if not chosen and (question := decisions.question(current.content, name)):
        st.warning(plain(question.message))
    elif len(chosen) > 1:
        st.radio(
            "The clocks are put back then, so this time comes twice. Which one?",
            format_func=lambda fold: f"{_WHICH[fold]} ({chosen[fold].tzname()})",
            horizontal=True,
            **bound_choice(current, f"{name}_fold", (0, 1)),
        )


def _next_full_hour(now: datetime) -> datetime:
    return now.replace(minute=0) + timedelta(hours=1)


def _more(current: Draft) -> None:
    st.number_input(
        "Send to a few first, then wait",
        min_value=1,
        max_value=1000,
        placeholder="All at once",
        help="So many people get it first. You see their receipts before the rest goes out.",
        width=320,
        **bound(current, "canary"),
    )
    if current.content.canary:
        st.checkbox("Go on by itself when these went well", **bound(current, "canary_goes_on"))
    st.number_input(
        "Messages a second",
        min_value=0.0,
        max_value=1000.0,
        placeholder=f"{services().rate(services().sender_address(current.content.sender)):g} for this sender",
        help="Shared by everything that this sender sends. Twilio queues what comes faster than it may go out.",
        width=320,
        **bound(current, "rate"),
    )
    st.checkbox(
        "Also numbers outside the US and Canada",
        help="They get the text with a link to the picture, at the price of an international text.",
        **bound(current, "other_countries"),
    )
