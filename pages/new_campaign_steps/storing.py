"""A draft's people, wherever they come from: kept, and what was chosen about earlier ones is forgotten."""

from mms.campaigns.drafts.content import DraftContent
from mms.campaigns.drafts.drafts import new_draft, save_draft
from mms.campaigns.drafts.uploads import store_upload
from mms.recipients import Upload
from pages.components.wiring import person, services


def store_for(draft_id: int | None, upload: Upload, *, name: str | None = None, phone_column: str | None = None) -> int:
    """Keep the upload with the draft, which begins here when there is none; returns the draft's number."""
    ledger = services().ledger
    if draft_id is None:
        draft_id = new_draft(
            ledger, by=person(), content=DraftContent(name=name or upload.file_name.rpartition(".")[0])
        )
    with ledger.write() as connection:
        upload_id = store_upload(connection, upload, at=ledger.now(connection), by=person())
    save_draft(
        ledger,
        draft_id,
        by=person(),
        upload_id=upload_id,
        phone_column=phone_column,
        chosen_rows=[],
        skip_problems=None,
    )
    return draft_id
