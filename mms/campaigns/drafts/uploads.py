"""The checked file, stored once and never changed: the campaign is sent from what was checked."""

from dataclasses import asdict

from sqlalchemy import Connection, select

from mms.errors import CampaignError
from mms.ledger.audit import note
from mms.ledger.tables import uploads
from mms.recipients import Upload
from mms.roles import Permission, User, require


def store_upload(connection: Connection, upload: Upload, *, at: float, by: User) -> int:
    """Keep the parsed table; returns its id. A mended upload is stored anew, under another id. Raises NotAllowed."""
    require(by, Permission.SEND)
    added = connection.execute(
        uploads.insert()
        .values(
            file_name=upload.file_name,
            sha256=upload.sha256,
            row_count=len(upload),
            columns=list(upload.columns),
            repairs=[asdict(repair) for repair in upload.repairs],
            content=upload.to_bytes(),
            created_at=at,
            created_by=by.name,
        )
        .returning(uploads.c.id)
    )
    upload_id = int(added.scalar_one())
    note(connection, by.name, "upload.store", at=at, subject=str(upload_id), detail={"rows": len(upload)})
    return upload_id


def load_upload(connection: Connection, upload_id: int) -> Upload:
    """The table as it was checked.

    Raises:
        CampaignError: code `upload_gone` when it was purged.
    """
    content = connection.execute(select(uploads.c.content).where(uploads.c.id == upload_id)).scalar_one_or_none()
    if content is None:
        raise CampaignError("The uploaded file is no longer kept. Upload it again to go on.", code="upload_gone")
    return Upload.from_bytes(content)
