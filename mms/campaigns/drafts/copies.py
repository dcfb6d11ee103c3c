"""The next campaign begun from an earlier one: a copy of it, or some of its rows."""

from datetime import tzinfo
from typing import Any
from urllib.parse import parse_qsl

from mms.campaigns.drafts.content import DraftContent
from mms.campaigns.drafts.drafts import new_draft
from mms.campaigns.drafts.people_sources import PeopleOfList, chosen_people
from mms.campaigns.drafts.templates import SavedMessage
from mms.campaigns.drafts.uploads import store_upload
from mms.campaigns.records import Campaign, campaign
from mms.ledger import Ledger
from mms.recipients import parse_upload
from mms.reports import RowFilter
from mms.reports.files.selection import selection_as_upload
from mms.roles import User

_COPY = " (copy)"


def draft_of_copy(ledger: Ledger, campaign_id: int, *, by: User) -> int:
    """A draft with the campaign's message, tags and file; what was decided about rows and time is asked anew.

    Raises:
        CampaignError: code `no_such_campaign`.
    """
    with ledger.read() as connection:
        first = campaign(connection, campaign_id)
    name = f"{first.name.removesuffix(_COPY)[: 200 - len(_COPY)]}{_COPY}"
    content = content_of(first).model_copy(update={"name": name})
    return new_draft(ledger, by=by, content=content, upload_id=first.upload_id)


def content_of(first: Campaign) -> DraftContent:
    """What a campaign says and to which column, as the content of a draft."""
    return DraftContent(
        name=first.name,
        body=first.body,
        media_urls=first.media_urls,
        tags=first.tags,
        sender=first.sender_address,
        phone_column=first.phone_column,
        links=first.options.links,
    ).model_copy(update={**dict(parse_qsl(first.options.utm)), **_versions_of(first)})


def _versions_of(first: Campaign) -> dict[str, Any]:
    if not first.versions:
        return {}
    texts = {f"version_{one.name.lower()}": one.body for one in first.versions[1:]}
    pictures = {f"version_{one.name.lower()}_media_urls": one.media_urls for one in first.versions[1:]}
    options = first.options
    test = {"test_on": True, "test_rule": options.test_rule, "test_hours": options.test_hours}
    return {**texts, **pictures, **test, "test_percent": 100 * (options.test_share or 0.2)}


def draft_of_message(ledger: Ledger, message: SavedMessage, *, by: User) -> int:
    """A draft that says what a saved message says; its people are still to be chosen."""
    content = DraftContent(name=message.name, body=message.content.body, media_urls=message.content.media_urls)
    return new_draft(ledger, by=by, content=content)


def draft_of_people(ledger: Ledger, chosen: PeopleOfList, *, mode: str, zone: tzinfo, by: User) -> int:
    """A draft over people of a list or a segment as they are now. Raises what `chosen_people` raises."""
    found = chosen_people(ledger, chosen, mode=mode, zone=zone)
    with ledger.write() as connection:
        upload_id = store_upload(connection, found.upload, at=ledger.now(connection), by=by)
    content = DraftContent(name=found.name, phone_column=found.phone_column)
    return new_draft(ledger, by=by, content=content, upload_id=upload_id)


def draft_of_selection(ledger: Ledger, campaign_id: int, chosen: RowFilter, *, by: User) -> int:
    """A draft over the rows of a campaign that the filter finds, as they were uploaded; the message is written anew.

    Raises:
        CampaignError: code `no_such_campaign`.
        UploadError: when the filter finds no row.
    """
    with ledger.read() as connection:
        first = campaign(connection, campaign_id)
    upload = parse_upload(
        selection_as_upload(ledger, campaign_id, chosen), file_name=f"from-campaign-{campaign_id}.csv"
    )
    with ledger.write() as connection:
        upload_id = store_upload(connection, upload, at=ledger.now(connection), by=by)
    name = f"From {first.name.removeprefix('From ')}"[:200]
    content = DraftContent(name=name, phone_column=first.phone_column)
    return new_draft(ledger, by=by, content=content, upload_id=upload_id)
