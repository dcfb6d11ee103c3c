"""The next campaign begun from an earlier one: a copy of it, or some of its rows."""

from datetime import tzinfo

from mms.campaigns.drafts.content import DraftContent
from mms.campaigns.drafts.drafts import new_draft
from mms.campaigns.drafts.uploads import store_upload
from mms.campaigns.records import campaign
from mms.ledger import Ledger
from mms.lists.audience import upload_of_list, upload_of_segment
from mms.lists.saved_lists import saved_list
from mms.lists.segments import moment_of, segment
from mms.recipients import Upload, parse_upload
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
    content = DraftContent(
        name=f"{first.name.removesuffix(_COPY)[: 200 - len(_COPY)]}{_COPY}",
        body=first.body,
        media_urls=first.media_urls,
        tags=first.tags,
        sender=first.sender_address,
        phone_column=first.phone_column,
    )
    return new_draft(ledger, by=by, content=content, upload_id=first.upload_id)


def draft_of_list(ledger: Ledger, list_id: int, *, mode: str, zone: tzinfo, by: User) -> int:
    """A draft over everybody of a saved list. Raises CampaignError: codes `no_such_list`, `nobody`."""
    with ledger.read() as connection:
        found = saved_list(connection, list_id)
        upload = upload_of_list(connection, found, moment_of(ledger.now(connection), mode, zone))
    return _draft_of_people(ledger, upload, found.name, found.phone_column, by)


def draft_of_segment(ledger: Ledger, segment_id: int, *, mode: str, zone: tzinfo, by: User) -> int:
    """A draft over who fulfils a segment's conditions now. Raises CampaignError: `no_such_segment`, `nobody`."""
    with ledger.read() as connection:
        found = segment(connection, segment_id)
        upload = upload_of_segment(connection, found, moment_of(ledger.now(connection), mode, zone))
        phone_column = saved_list(connection, found.list_id).phone_column
    return _draft_of_people(ledger, upload, found.name, phone_column, by)


def _draft_of_people(ledger: Ledger, upload: Upload, name: str, phone_column: str, by: User) -> int:
    with ledger.write() as connection:
        upload_id = store_upload(connection, upload, at=ledger.now(connection), by=by)
    return new_draft(ledger, by=by, content=DraftContent(name=name, phone_column=phone_column), upload_id=upload_id)


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
