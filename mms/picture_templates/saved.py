"""Picture templates in the ledger: a name, and versions that never change once saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, func, insert, select, update

from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.tables import picture_files, picture_templates, picture_versions
from mms.picture_templates.template import PictureTemplate
from mms.roles import Permission, User, require

if TYPE_CHECKING:  # Pillow is for those who draw
    from mms.media.image.preparing import PreparedPicture

NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class SavedTemplate:
    """A template's newest version, or the one asked for. `version_id` is what a campaign keeps."""

    id: int
    name: str
    version: int
    version_id: int
    template: PictureTemplate
    updated_at: float


_QUERY = select(
    picture_templates.c.id,
    picture_templates.c.name,
    picture_versions.c.version,
    picture_versions.c.id.label("version_id"),
    picture_versions.c.content,
    picture_versions.c.created_at,
).join(picture_versions, picture_versions.c.template_id == picture_templates.c.id)
_NEWEST = _QUERY.where(picture_versions.c.version == picture_templates.c.version)


def all_templates(connection: Connection) -> list[SavedTemplate]:
    """Every template, by name."""
    return [_saved(one) for one in connection.execute(_NEWEST.order_by(func.lower(picture_templates.c.name)))]


def template_named(connection: Connection, name: str) -> SavedTemplate:
    """The template with this name, in any case. Raises CampaignError: code `no_such_picture_template`."""
    found = connection.execute(_NEWEST.where(func.lower(picture_templates.c.name) == name.strip().lower())).first()
    if found is None:
        raise CampaignError(f"There is no picture template called “{name}”.", code="no_such_picture_template")
    return _saved(found)


def template_of_version(connection: Connection, version_id: int) -> PictureTemplate:
    """The template as a campaign used it, also when it was changed or deleted since."""
    query = select(picture_versions.c.content).where(picture_versions.c.id == version_id)
    return PictureTemplate.from_json(connection.execute(query).scalar_one())


def save_template(ledger: Ledger, name: str, template: PictureTemplate, *, by: User) -> SavedTemplate:
    """Save under a name: a new template, or a new version of the one that has the name. The same again is no version.

    Raises:
        CampaignError: code `no_name`, or `no_such_picture` for a picture that was never uploaded.
        NotAllowed: this person may not.
    """
    require(by, Permission.SEND)
    name = name.strip()[:NAME_LENGTH]
    if not name:
        raise CampaignError("Give the template a name to find it by.", code="no_name")
    with ledger.write() as connection:
        now = ledger.now(connection)
        _require_files(connection, template)
        known = connection.execute(_NEWEST.where(func.lower(picture_templates.c.name) == name.lower())).first()
        if known and known.content == template.to_json():
            return _saved(known)
        template_id = known.id if known else _added(connection, name, by, now)
        version = known.version + 1 if known else 1
        _add_version(connection, template_id, version, template, by, now)
        note(connection, by.name, "picture_template.save", at=now, subject=name, detail={"version": version})
        return template_named(connection, name)


def delete_template(ledger: Ledger, template_id: int, *, by: User) -> None:
    """Forget the name; versions that campaigns used stay with them. Raises NotAllowed."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        connection.execute(delete(picture_templates).where(picture_templates.c.id == template_id))
        note(connection, by.name, "picture_template.delete", at=ledger.now(connection), subject=str(template_id))


def keep_file(ledger: Ledger, picture: "PreparedPicture", *, by: User) -> str:
    """Keep a background or logo for templates; returns its name. Raises NotAllowed."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        same = picture_files.c.name == picture.name
        if connection.execute(select(picture_files.c.name).where(same)).first() is None:
            connection.execute(insert(picture_files).values(name=picture.name, data=picture.data))
            note(connection, by.name, "picture.add", at=ledger.now(connection), subject=picture.name)
    return picture.name


def files_of(connection: Connection, template: PictureTemplate) -> dict[str, bytes]:
    """The stored pictures that drawing needs, by name."""
    query = select(picture_files.c.name, picture_files.c.data).where(picture_files.c.name.in_(template.files))
    return {name: bytes(data) for name, data in connection.execute(query)}


def _require_files(connection: Connection, template: PictureTemplate) -> None:
    missing = set(template.files) - set(files_of(connection, template))
    if missing:
        raise CampaignError("A picture of this template was not uploaded. Upload it first.", code="no_such_picture")


def _added(connection: Connection, name: str, by: User, now: float) -> int:
    values = {"name": name, "version": 0, "updated_at": now, "updated_by": by.name}
    return int(
        connection.execute(insert(picture_templates).values(values).returning(picture_templates.c.id)).scalar_one()
    )


def _add_version(
    connection: Connection, template_id: int, version: int, template: PictureTemplate, by: User, now: float
) -> None:
    connection.execute(
        insert(picture_versions).values(
            template_id=template_id, version=version, content=template.to_json(), created_at=now, created_by=by.name
        )
    )
    connection.execute(
        update(picture_templates)
        .where(picture_templates.c.id == template_id)
        .values(version=version, updated_at=now, updated_by=by.name)
    )


def _saved(found: Any) -> SavedTemplate:
    content: Mapping[str, Any] = found.content
    template = PictureTemplate.from_json(content)
    return SavedTemplate(found.id, found.name, found.version, found.version_id, template, found.created_at)
