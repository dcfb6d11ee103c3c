"""The next campaign begun as a copy of an earlier one."""

from mms.campaigns.drafts import new_draft, save_draft
from mms.campaigns.records import campaign
from mms.ledger import Ledger


def draft_of_copy(ledger: Ledger, campaign_id: int, *, owner: str) -> int:
    """A draft with the campaign's message, tags and file; what was decided about rows and time is asked anew.

    Raises:
        CampaignError: code `no_such_campaign`.
    """
    with ledger.read() as connection:
        first = campaign(connection, campaign_id)
    content = {
        "name": f"{first.name} (copy)"[:200],
        "body": first.body,
        "media_urls": list(first.media_urls),
        "tags": list(first.tags),
        "sender": first.sender_address,
        "phone_column": first.phone_column,
    }
    draft_id = new_draft(ledger, owner=owner, content=content)
    save_draft(ledger, draft_id, upload_id=first.upload_id)
    return draft_id
