"""The next campaign begun from an earlier one: a copy of it, or some of its rows."""

from mms.campaigns.drafts.drafts import new_draft, save_draft
from mms.campaigns.drafts.uploads import store_upload
from mms.campaigns.records import campaign
from mms.ledger import Ledger
from mms.recipients import parse_upload
from mms.reports import RowFilter
from mms.reports.files.selection import selection_as_upload

_COPY = " (copy)"


def draft_of_copy(ledger: Ledger, campaign_id: int, *, owner: str) -> int:
    """A draft with the campaign's message, tags and file; what was decided about rows and time is asked anew.

    Raises:
        CampaignError: code `no_such_campaign`.
    """
    with ledger.read() as connection:
        first = campaign(connection, campaign_id)
    content = {
        "name": f"{first.name.removesuffix(_COPY)[: 200 - len(_COPY)]}{_COPY}",
        "body": first.body,
        "media_urls": list(first.media_urls),
        "tags": list(first.tags),
        "sender": first.sender_address,
        "phone_column": first.phone_column,
    }
    draft_id = new_draft(ledger, owner=owner, content=content)
    save_draft(ledger, draft_id, upload_id=first.upload_id)
    return draft_id


def draft_of_selection(ledger: Ledger, campaign_id: int, chosen: RowFilter, *, owner: str) -> int:
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
        upload_id = store_upload(connection, upload, at=ledger.now(connection), by=owner)
    content = {"name": f"From {first.name.removeprefix('From ')}"[:200], "phone_column": first.phone_column}
    draft_id = new_draft(ledger, owner=owner, content=content)
    save_draft(ledger, draft_id, upload_id=upload_id)
    return draft_id
