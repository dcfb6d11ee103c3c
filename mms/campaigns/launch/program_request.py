"""A campaign that a program asks for: the same steps as `send` on the command line, with the answers as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import select

from mms.campaigns.drafts.content import DraftContent
from mms.campaigns.drafts.decisions import check_options_of, other_versions, recent_days, start_at
from mms.campaigns.launch.checking import Pace, look_at_pictures, media_lines
from mms.campaigns.launch.checklist import CheckedDraft, Installation, Item, checklist
from mms.campaigns.launch.drawing_versions import require_good_pictures
from mms.campaigns.launch.senders import chosen_address, default_rate
from mms.campaigns.launch.submission import Content, check_options, repeats
from mms.campaigns.launch.submit import submit
from mms.campaigns.pictures.media_check import NOTHING_FOUND, MediaFindings
from mms.campaigns.pictures.own_picture import own_picture, require_codes
from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.tables import campaigns
from mms.recipients import CheckedList, Upload, check, check_summary
from mms.roles import User

_TO_MEND = {Item.PROBLEMS, Item.PICTURES}


@dataclass(frozen=True, slots=True)
class ProgramRequest:
    """What was asked. `request_key` names the call: the same one twice is one campaign."""

    upload: Upload = field(repr=False)
    said: DraftContent
    request_key: str
    edited_by: tuple[str, ...] = ()  # who wrote and chose it, where that is not who launches it


@dataclass(frozen=True, slots=True)
class ToMend(Exception):  # noqa: N818 - an answer, not a fault
    """Rows or pictures are to be mended, so nothing was sent: `summary` is the object of `check --json`."""

    summary: Mapping[str, Any]


def earlier_campaign(ledger: Ledger, request_key: str, content_hash: str | None = None) -> int | None:
    """The campaign that this very call made before.

    Raises:
        CampaignError: code `idempotency_key_reused` when it was made with other people or another message.
    """
    query = select(campaigns.c.id, campaigns.c.content_hash).where(
        campaigns.c.request_key == request_key, campaigns.c.state != "draft"
    )
    with ledger.read() as connection:
        found = connection.execute(query).one_or_none()
    if found is None:
        return None
    if found.content_hash != content_hash:
        message = "This Idempotency-Key was used for another campaign. Use a new key for each campaign."
        raise CampaignError(message, code="idempotency_key_reused")
    return int(found.id)


def launch_for_program(place: Installation, asked: ProgramRequest, *, by: User) -> int:
    """Check, and launch; returns the campaign's number.

    Raises:
        ToMend: rows are to be mended and nobody said to skip them, or a picture cannot be used.
        MmsError: anything else that keeps it from being sent; nothing was.
    """
    said, ledger = asked.said, place.ledger
    address = chosen_address(place.settings, place.senders, said.sender)
    own = own_picture(ledger, said.picture_template) if said.picture_template else None
    content = Content(said.body, said.media_urls, own, other_versions(said))
    base = check_options(place.settings, ledger, senders=place.senders, message=content.template)
    checked = check(asked.upload, check_options_of(said, base))
    content_hash = checked.identity_hash(content.identity)
    if (earlier := earlier_campaign(ledger, asked.request_key, content_hash)) is not None:
        return earlier
    if own:
        require_codes(own, checked.ready)  # before every picture is drawn, which takes a while
    draft = CheckedDraft(
        said=said,
        content=content,
        checked=checked,
        findings=_findings(place, said, content, checked, address),
        edited_by=asked.edited_by,
        known=repeats(ledger, checked, content, place.settings.mode.value, days=recent_days(said)),
    )
    if _TO_MEND & {one.item for one in checklist(place, draft, by=by)}:
        raise ToMend(check_summary(draft.to_mend, media_lines(draft.findings)))
    return submit(place, draft, by=by, request_key=asked.request_key)


def _findings(
    place: Installation, said: DraftContent, content: Content, checked: CheckedList, address: str
) -> MediaFindings:
    found = NOTHING_FOUND
    if said.check_media:
        rate = default_rate(place.settings, address) if said.rate is None else said.rate
        pace = Pace(rate, start_at(said), said.any_hour)
        look = partial(look_at_pictures, place.settings, place.ledger, checked, pace=pace)
        require_good_pictures(content, look)
        found = look(content)
    return _with_own(place, checked, content, found) if content.own else found


def _with_own(place: Installation, checked: CheckedList, content: Content, found: MediaFindings) -> MediaFindings:
    from mms.campaigns.pictures.own_picture_check import drawn, with_own_pictures  # loads Pillow, codes and fonts

    assert content.own is not None  # noqa: S101 - asked by the caller
    return with_own_pictures(found, checked, drawn(place.settings, place.ledger, checked, content.own))
