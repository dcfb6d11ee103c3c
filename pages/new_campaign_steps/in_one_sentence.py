"""The whole campaign in one sentence: who, what, how much, when, until when, and whatever else changes what happens."""

from mms.campaigns.drafts import decisions
from mms.campaigns.drafts.drafts import Draft
from mms.campaigns.launch.forecast import Outlook
from mms.message import MessageTemplate
from mms.reports.cost.campaign_cost import dollars
from pages.components.reader import counted, moment
from pages.components.wiring import services


def in_one_sentence(current: Draft, message: MessageTemplate, found: Outlook, count: int) -> str:
    """`217 people, picture, $5.80 to $7.42, now, done about 11:21 pm.`"""
    practice = services().settings.is_practice
    cost = dollars(found.cost.low, found.cost.high)
    parts = [
        counted(count, "person", "people"),
        what(message),
        f"{cost} if it were live" if practice else cost,
        start_said(current),
        *unusual(current),
        *_end(current, found, practice=practice),
    ]
    return ", ".join(parts) + "."


def what(message: MessageTemplate) -> str:
    """Pictures, or none."""
    if message.drawn:
        return "a picture for each person"
    pictures = len(message.media)
    return {0: "text only", 1: "picture"}.get(pictures, counted(pictures, "picture"))


def start_said(current: Draft) -> str:
    """When it begins."""
    if not decisions.starts_later(current.content):
        return "now"
    at = decisions.start_at(current.content)
    return f"starts {moment(at)}" if at else "at a time that is not chosen yet"


def unusual(current: Draft) -> list[str]:
    """What was chosen on the way, or came with a copy or a draft of old, and changes what happens."""
    content = current.content
    said = []
    if content.canary:
        then = "then the rest if these went well" if content.canary_goes_on else "then wait for you"
        said.append(f"first {content.canary}, {then}")
    if content.rate is not None:
        said.append(f"{content.rate:g} a second" if content.rate else "all at once")
    if content.any_hour and not services().settings.is_practice:
        said.append("also at night")
    if content.other_countries:
        said.append("also outside the US and Canada")
    return said


def _end(current: Draft, found: Outlook, *, practice: bool) -> list[str]:
    said = []
    if last := decisions.not_after(current.content):
        said.append(f"nobody after {moment(last)}")
    if end := found.straight_end if practice else found.end:
        said.append(f"done about {moment(end.timestamp())}")
    return said
