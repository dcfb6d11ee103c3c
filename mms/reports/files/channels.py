"""Whether a message is a picture message or a text, and how many parts it is charged by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from mms.errors import MmsError
from mms.message import Template, squeeze
from mms.sms_segments import segments

MMS, SMS = "mms", "sms"
_BY_SID = {"MM": MMS, "SM": SMS}  # Twilio numbers picture messages and texts apart


@dataclass(frozen=True, slots=True)
class MessageShape:
    """What the rows of one campaign share."""

    planned: str | None  # None where message and pictures are deleted
    body: Template | None
    places: tuple[tuple[str, int], ...]  # merge field's key and the place of its cell
    fixed_segments: int | None  # the same for every row, when the text has no merge field

    @classmethod
    def of(cls, body: str, media_urls: Sequence[str], columns: Sequence[str]) -> Self:
        """From a campaign's own columns; without text and pictures (retention cleared them) nothing is known."""
        if not body and not media_urls:
            return cls(None, None, (), None)
        planned = MMS if media_urls else SMS
        try:
            template = Template.parse(body)
        except MmsError:  # a campaign of an earlier version; what it said is not for us to guess
            return cls(planned, None, (), None)
        used = {one.key for one in template.merge_fields}
        places = {squeeze(name): at for at, name in reversed(list(enumerate(columns))) if squeeze(name) in used}
        return cls(planned, template, tuple(places.items()), None if used else segments(template.render({})))

    def of_row(self, message_sid: str | None, cells: Sequence[str]) -> tuple[str | None, int | None]:
        """Channel and segments of one row; None where it is not known (any more)."""
        channel = _BY_SID.get((message_sid or "")[:2]) or self.planned
        if channel == MMS:
            return channel, 1
        return channel, self._segments(cells)

    def _segments(self, cells: Sequence[str]) -> int | None:
        if self.body is None or self.fixed_segments is not None:
            return self.fixed_segments
        if not cells:
            return None
        return segments(self.body.render({key: cells[at] for key, at in self.places if at < len(cells)}))
