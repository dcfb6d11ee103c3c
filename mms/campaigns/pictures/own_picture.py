"""What a campaign that draws a picture for each person knows about it: the template's version, codes, and names.

A picture's name is a keyed hash of the template's version and the values that are drawn. It holds nothing about
the person, cannot be guessed, and is the same for the same picture: so it may be kept for ever by who fetched it.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from mms.coupons.giving import next_codes
from mms.coupons.pools import Pool, pool_named
from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.options import option, set_option
from mms.ledger.tables import campaigns
from mms.message import squeeze
from mms.message.content import values_of
from mms.picture_templates.saved import SavedTemplate, template_named, template_of_version
from mms.picture_templates.template import PictureTemplate, TextLayer
from mms.settings import Settings

COUPON = squeeze("coupon")
_SECRET_OPTION = "picture_secret"  # noqa: S105 - the name of the option, not the secret


@dataclass(frozen=True, slots=True)
class OwnPicture:
    """The template that a message uses. `sample` stands for a code that nobody has been given yet."""

    saved: SavedTemplate
    pool: Pool | None = None
    sample: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """Texts and values on the picture, with their merge fields; never empty."""
        filled = self.saved.template.filled
        return tuple(one.text if isinstance(one, TextLayer) else one.value for one in filled) or ("",)


@dataclass(frozen=True)
class OwnPictureOf:
    """What the launch writes into each row. `base` is the address before the picture's name."""

    version_id: int
    template: PictureTemplate
    upload_columns: tuple[str, ...]
    base: str
    pool_id: int | None
    secret: str = field(repr=False)

    @cached_property
    def _wanted(self) -> frozenset[str]:
        return frozenset(one.key for one in self.template.merge_fields)

    def columns(self, cells: str, coupon: str | None) -> dict[str, str | None]:
        """The row's own columns: its code (given, or the list's), and its picture's name."""
        values = values_of(self.upload_columns, json.loads(cells))
        if coupon is not None:
            values[COUPON] = coupon
        name = picture_name(self.secret, self.version_id, {key: values.get(key, "") for key in self._wanted})
        return {"coupon": values.get(COUPON) or None, "picture": name}


def picture_name(secret: str, version_id: int, values: Mapping[str, str]) -> str:
    """The name of the picture of these values; keys are squeezed column names."""
    drawn = json.dumps([version_id, sorted(values.items())], ensure_ascii=False)
    return f"{hmac.new(bytes.fromhex(secret), drawn.encode(), hashlib.sha256).hexdigest()}.jpg"


def own_picture(ledger: Ledger, name: str) -> OwnPicture:
    """The template of this name, with the code that would be given next.

    Raises:
        CampaignError: code `no_such_picture_template`, `no_such_pool`, or `coupon_pool_empty`.
    """
    with ledger.read() as connection:
        saved = template_named(connection, name)
        if saved.template.coupon_pool is None:
            return OwnPicture(saved)
        pool = pool_named(connection, saved.template.coupon_pool)
        codes = next_codes(connection, pool.id, 1)
    if not codes:
        raise CampaignError(
            f"The pool “{pool.name}” has no coupon code left. Add codes to it.", code="coupon_pool_empty"
        )
    return OwnPicture(saved, pool, codes[0])


def own_picture_of(
    settings: Settings, ledger: Ledger, own: OwnPicture, upload_columns: tuple[str, ...]
) -> OwnPictureOf:
    """What the launch needs of it.

    Raises:
        MmsError: the host of pictures cannot be used, with what to do.
    """
    from mms.campaigns.pictures.personal_hosts import personal_base  # loads Twilio's SDK and Pillow

    return OwnPictureOf(
        own.saved.version_id,
        own.saved.template,
        upload_columns,
        personal_base(settings, ledger),
        own.pool.id if own.pool else None,
        picture_secret(ledger),
    )


def own_pictures_again(connection: Connection, campaign_id: int) -> OwnPictureOf | None:
    """What a retry of a campaign needs: its version of the template, its pool and address; None without pictures."""
    found = connection.execute(
        select(
            campaigns.c.picture_version_id, campaigns.c.picture_base, campaigns.c.coupon_pool_id, campaigns.c.columns
        ).where(campaigns.c.id == campaign_id)
    ).one()
    secret = _secret(connection)
    if found.picture_version_id is None or secret is None:
        return None
    template = template_of_version(connection, found.picture_version_id)
    return OwnPictureOf(
        found.picture_version_id, template, tuple(found.columns), found.picture_base, found.coupon_pool_id, secret
    )


def require_codes(own: OwnPicture, people: int) -> None:
    """Said before anything is launched. Raises CampaignError: code `coupon_pool_empty`."""
    if own.pool and own.pool.left < people:
        raise CampaignError(
            f"The pool “{own.pool.name}” has {own.pool.left:,} coupon codes left, "
            f"and {people:,} people are to get one. Add codes to the pool.",
            code="coupon_pool_empty",
        )


def picture_secret(ledger: Ledger) -> str:
    """The key of this installation's picture names, made at first use."""
    with ledger.read() as connection:
        known = _secret(connection)
    if known is not None:
        return known
    try:
        return _added_secret(ledger)
    except IntegrityError:  # PostgreSQL: another process made it at this very moment
        return _added_secret(ledger)


def _added_secret(ledger: Ledger) -> str:
    with ledger.write() as connection:
        known = _secret(connection)
        if known is None:
            known = secrets.token_hex(32)
            set_option(connection, _SECRET_OPTION, known, at=ledger.now(connection), by=None)
    return known


def _secret(connection: Connection) -> str | None:
    found: str | None = option(connection, _SECRET_OPTION, None)
    return found
