"""The whole message of a campaign: body, media, and what Twilio's limits say about the merged result."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from mms.message.media_urls import mend_url, split_urls
from mms.message.names import squeeze
from mms.message.template import Field, Template, distinct_names
from mms.problem_texts import ROW_TEXTS
from mms.problems import MediaCode, RowCode

MAX_BODY = 1600
"""Characters of a body (Twilio error 21617)."""
MAX_MEDIA = 10
"""Media of one message (Twilio's Messages resource)."""

NO_WEB_ADDRESS = "This is not a web address. Upload the picture, or give a link that starts with https://."
TOO_MANY_MEDIA = f"There are {{count}} pictures for this row; a message can carry {MAX_MEDIA}. Remove some."


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """One row's message. A URL that could not be mended stays in `media_urls` as it was written."""

    body: str
    media_urls: tuple[str, ...]
    blank_fields: tuple[str, ...] = ()
    refused_urls: tuple[str, ...] = ()
    own_pictures: int = 0


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """Body and media of a campaign before they meet a row."""

    body: Template
    media: tuple[Template, ...] = ()
    media_columns: tuple[str, ...] = ()
    drawn: tuple[Template, ...] = ()
    """Texts and codes on the picture that is made for each person; empty when there is none."""

    @classmethod
    def parse(cls, body: str, media_urls: Sequence[str] = (), drawn: Sequence[str] = ()) -> Self:
        """Read body and media URLs; an entry such as `{Picture}` stands for all URLs in that column's cell.

        Raises:
            MmsError: code `template`, for braces without partner.
        """
        media = tuple(Template.parse(url.strip()) for url in media_urls if url.strip())
        columns = distinct_names(field for template in media for field in template.merge_fields)
        return cls(Template.parse(body), media, columns, tuple(Template.parse(text) for text in drawn))

    @property
    def merge_fields(self) -> tuple[Field, ...]:
        """Every field of body, media and the person's own picture, in order, repeated ones too."""
        return tuple(field for template in (self.body, *self.media, *self.drawn) for field in template.merge_fields)

    @property
    def own_pictures(self) -> int:
        """Pictures of the message that have no link yet, because they are made for each person."""
        return 1 if self.drawn else 0

    def with_value(self, key: str, value: str) -> Self:
        """The message with a field filled in that the list does not bring, such as a coupon to be given."""
        return replace(
            self,
            body=self.body.with_value(key, value),
            drawn=tuple(text.with_value(key, value) for text in self.drawn),
        )

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the columns used in body and media, each once, in the order of first use."""
        return distinct_names(self.merge_fields)

    def render(self, values: Mapping[str, str]) -> RenderedMessage:
        """The message for one row; keys of `values` are squeezed column names (`squeeze`)."""
        urls: list[str] = []
        refused: list[str] = []
        for template in self.media:
            for url, accepted in rendered_urls(template.render(values)):
                urls.append(url)
                if not accepted:
                    refused.append(url)
        blank = tuple(
            dict.fromkeys(name for part in (self.body, *self.media, *self.drawn) for name in part.blank_fields(values))
        )
        return RenderedMessage(self.body.render(values), tuple(urls), blank, tuple(refused), self.own_pictures)


def rendered_urls(text: str) -> Iterator[tuple[str, bool]]:
    """Each URL of a merged media entry, mended, and whether it is one."""
    for piece in split_urls(text):
        mended = mend_url(piece)
        yield mended.url or piece, mended.url is not None


def message_problems(rendered: RenderedMessage) -> list[tuple[RowCode | MediaCode, str]]:
    """What keeps this message from going out, as (code, sentence), the row's own cells first."""
    problems: list[tuple[RowCode | MediaCode, str]] = [
        (RowCode.MISSING_VALUE, missing_value_text(name)) for name in rendered.blank_fields
    ]
    if len(rendered.body) > MAX_BODY:
        problems.append((RowCode.MESSAGE_TOO_LONG, too_long_text(len(rendered.body))))
    if not rendered.body.strip() and not rendered.media_urls and not rendered.own_pictures:
        problems.append((RowCode.MESSAGE_EMPTY, ROW_TEXTS[RowCode.MESSAGE_EMPTY]))
    if (count := len(rendered.media_urls) + rendered.own_pictures) > MAX_MEDIA:
        problems.append((MediaCode.TOO_MANY, TOO_MANY_MEDIA.format(count=count)))
    problems.extend((MediaCode.SCHEME, NO_WEB_ADDRESS) for _ in rendered.refused_urls)
    return problems


def missing_value_text(column: str) -> str:
    """Sentence for a blank merge field."""
    return ROW_TEXTS[RowCode.MISSING_VALUE].replace("{column}", column)


def too_long_text(length: int) -> str:
    """Sentence for a merged body of `length` characters."""
    return ROW_TEXTS[RowCode.MESSAGE_TOO_LONG].format(over=length - MAX_BODY, limit=MAX_BODY)


def values_of(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """One row as `render` wants it; of two columns with the same squeezed name the first one counts."""
    values: dict[str, str] = {}
    for column, cell in zip(columns, cells, strict=True):
        values.setdefault(squeeze(column), cell)
    return values
