"""One campaign's message, read once, rendered per row while claims are made: kept cheap on purpose."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from sqlalchemy import Connection, select

from mms.ledger.tables import campaigns
from mms.message import MessageTemplate, squeeze
from mms.message.links import Links
from mms.send_options import TWILIO_LINKS, SendOptions
from mms.versions.version import versions_of

COUPON = squeeze("coupon")
"""Key of the merge field for the code that a row was given."""


@dataclass(frozen=True, slots=True)
class RowRenderer:
    """Renders rows of one campaign."""

    template: MessageTemplate
    wanted: tuple[tuple[str, int], ...]  # merge field's key and the place of its cell
    media: tuple[str, ...] | None  # the same for every row, when no media URL has a merge field
    picture_base: str | None = None  # where the pictures made for each person are
    links: Links = field(default_factory=Links)
    twilio_shortens: bool = False
    winner: str | None = None  # the version for rows that were drawn for none
    by_version: Mapping[str, "RowRenderer"] = field(default_factory=dict)

    @classmethod
    def of_campaign(cls, connection: Connection, campaign_id: int) -> Self:
        """As `parse`, of a campaign in the ledger."""
        c = campaigns.c
        query = select(c.body, c.media_urls, c.columns, c.picture_base, c.link_base, c.options, c.versions, c.winner)
        found = connection.execute(query.where(c.id == campaign_id)).one()
        options = SendOptions.from_json(found.options)
        by_version = {
            one.name: cls.parse(one.body, one.media_urls, found.columns) for one in versions_of(found.versions)
        }
        renderer = cls.parse(found.body, found.media_urls, found.columns, found.picture_base)
        # Where our own redirect adds them, the words about the origin are not in the text.
        links = Links(found.link_base, options.utm if options.links == TWILIO_LINKS else "")
        return replace(
            renderer,
            links=links,
            twilio_shortens=options.links == TWILIO_LINKS,
            winner=found.winner,
            by_version=by_version,
        )

    @classmethod
    def parse(
        cls, body: str, media_urls: Sequence[str], columns: Sequence[str], picture_base: str | None = None
    ) -> Self:
        """Read the campaign's texts once. Raises MmsError, code `template`, for a text that was never checked."""
        template = MessageTemplate.parse(body, media_urls)
        used = {field.key for field in template.merge_fields}
        places: dict[str, int] = {}
        for place, column in enumerate(columns):
            places.setdefault(squeeze(column), place)
        fixed = not any(part.merge_fields for part in template.media)
        return cls(
            template,
            tuple((key, place) for key, place in places.items() if key in used),
            template.render({}).media_urls if fixed else None,
            picture_base,
        )

    def render(
        self,
        cells: str,
        coupon: str | None = None,
        picture: str | None = None,
        link: str | None = None,
        version: str | None = None,
    ) -> tuple[str, tuple[str, ...]] | None:
        """Body and media URLs for a row's cells (a JSON list); None when a field is blank or a URL is none.

        `coupon` is the code that the row was given, `picture` the name of its own picture, `link` the code of its
        short links, `version` the one that it was drawn for.
        """
        said = self.by_version.get(version or self.winner or "", self)
        letter = said._render(cells, coupon, picture)
        return None if letter is None else (self.links.in_text(letter[0], link), letter[1])

    def _render(self, cells: str, coupon: str | None, picture: str | None) -> tuple[str, tuple[str, ...]] | None:
        if not self.wanted:
            values = {}
        else:
            texts = json.loads(cells)
            values = {key: texts[place] for key, place in self.wanted if place < len(texts)}
        if coupon:
            values[COUPON] = coupon
        own = (f"{self.picture_base}{picture}",) if self.picture_base and picture else ()
        if self.picture_base and not picture:
            return None
        if self.media is not None:
            blank = self.template.body.merge_fields and self.template.body.blank_fields(values)
            return None if blank else (self.template.body.render(values), self.media + own)
        rendered = self.template.render(values)
        if rendered.blank_fields or rendered.refused_urls:
            return None
        return rendered.body, rendered.media_urls + own
