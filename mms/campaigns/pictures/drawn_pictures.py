"""Pictures made for each person, drawn when they are first asked for and kept in a folder of this machine."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import Connection, select

from mms.campaigns.pictures.own_picture import COUPON
from mms.ledger import Ledger
from mms.ledger.tables import campaigns, rows
from mms.media.store.picture_names import is_picture_name
from mms.media.store.picture_store import FolderStore
from mms.message.content import values_of
from mms.picture_templates.drawing import Painter
from mms.picture_templates.saved import files_of, template_of_version

_PAINTERS = 8  # templates whose background is kept decoded


@dataclass(slots=True)
class DrawnPictures:
    """Draws what is asked for by name, when a row of the ledger has that name. Safe for several threads."""

    ledger: Ledger
    store: FolderStore
    _painters: dict[int, Painter] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def read(self, name: str) -> bytes | None:
        """The picture; None for a name that no row has, for a person who was erased, and when a code is unreadable."""
        if not is_picture_name(name):
            return None
        kept = self.store.read(name)
        if kept is not None:
            return kept
        with self.ledger.read() as connection:
            found = _row_of(connection, name)
            painter = self._painter(connection, found.version_id) if found else None
        if found is None or painter is None:
            return None
        data = painter.draw(found.values).data
        if data is not None:
            self.store.keep(name, data)
        return data

    def _painter(self, connection: Connection, version_id: int) -> Painter:
        with self._lock:
            if version_id not in self._painters:
                if len(self._painters) >= _PAINTERS:
                    self._painters.clear()
                self._painters[version_id] = painter_of(connection, version_id)
            return self._painters[version_id]


@dataclass(frozen=True, slots=True)
class _Found:
    version_id: int
    values: Mapping[str, str]


def painter_of(connection: Connection, version_id: int) -> Painter:
    """Draws a template as the campaigns that used this version saw it."""
    template = template_of_version(connection, version_id)
    return Painter(template, files_of(connection, template))


def _row_of(connection: Connection, name: str) -> _Found | None:
    query = (
        select(rows.c.cells, rows.c.coupon, campaigns.c.columns, campaigns.c.picture_version_id)
        .join(campaigns, campaigns.c.id == rows.c.campaign_id)
        .where(rows.c.picture == name, campaigns.c.picture_version_id.is_not(None))
        .limit(1)
    )
    found = connection.execute(query).first()
    if found is None:
        return None
    return _Found(found.picture_version_id, row_values(found.columns, found.cells, found.coupon))


def row_values(columns: list[str], cells: str, coupon: str | None) -> dict[str, str]:
    """What a row's picture is drawn from, by squeezed column name."""
    values = values_of(columns, json.loads(cells))
    if coupon:
        values[COUPON] = coupon
    return values
