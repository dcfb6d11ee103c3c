"""The sample campaign as a draft, ready to be checked and sent in practice mode."""

from mms import samples
from mms.campaigns.drafts.content import DraftContent
from mms.campaigns.drafts.drafts import new_draft
from mms.campaigns.drafts.uploads import store_upload
from mms.campaigns.pictures.hosted_pictures import host_picture
from mms.ledger import Ledger
from mms.media.image.preparing import fitted_picture
from mms.recipients import parse_upload
from mms.roles import User
from mms.settings import Settings


def new_sample_draft(ledger: Ledger, settings: Settings, *, by: User) -> int:
    """Begin the sample campaign; returns the draft's number."""
    picture_url = host_picture(settings, ledger, fitted_picture(samples.picture(), "picture.jpg"), by=by)
    upload = parse_upload(samples.recipients(), file_name=samples.FILE_NAME)
    with ledger.write() as connection:
        upload_id = store_upload(connection, upload, at=ledger.now(connection), by=by)
    content = DraftContent(name=samples.NAME, body=samples.BODY, media_urls=(picture_url,))
    return new_draft(ledger, by=by, content=content, upload_id=upload_id)
