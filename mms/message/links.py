"""Links in a text: where they are, how they become short and personal, and the words that say where a visit came from.

Text only. Who opened a link, and where it leads, is `mms.links`' question.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from mms.errors import MmsError
from mms.message.content import MAX_BODY
from mms.message.media_urls import mend_url

UTM_NAMES = ("source", "medium", "campaign", "term", "content")
"""What analytics programs read from an address, each as `utm_NAME`."""
CODE_LENGTH = 10
MOST_LINKS = 10
"""Links of one text that become short; the others stay as they are."""
SAMPLE_CODE = "a1B2c3D4e5"
"""Stands in previews, before anybody has a code."""

_LINK = re.compile(
    r"(?:https?://|(?<![\w@.])www\.|(?<![\w@.-])(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::\d+)?/)[^\s<>\"“”]*", re.IGNORECASE
)
_AFTER = ".,;:!?'’…"
_PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Links:
    """What a campaign does with the links of its texts. `base` None: they stay long (or Twilio shortens them)."""

    base: str | None = None
    utm: str = ""

    def in_text(self, text: str, code: str | None) -> str:
        """The text as it is sent to the person with this code; as it was where that would be too long for Twilio."""
        if self.base and code:
            changed = _replaced(text, [short_link(self.base, code, place) for place in range(MOST_LINKS)])
        elif self.utm and not self.base:
            changed = _replaced(text, [tagged(link, self.utm) for link in links_in(text)])
        else:
            return text
        return changed if len(changed) <= MAX_BODY else text


def links_in(text: str) -> tuple[str, ...]:
    """Every link as it was written, in order, without the punctuation behind it."""
    return tuple(_bare(found[0]) for found in _LINK.finditer(text))


def short_link(base: str, code: str, place: int) -> str:
    """The address under which link number `place` (from 0) of a text is opened by the person with this code."""
    return f"{base.rstrip('/')}/l/{code}{place or ''}"


def tagged(link: str, utm: str) -> str:
    """The link with what an address says about its origin; what it says already stays. As it was when it is none."""
    address = mend_url(link).url
    if address is None:
        return link
    if not utm:
        return address
    parts = urlsplit(address)
    there = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    added = urlencode([one for one in parse_qsl(utm) if one[0] not in there])
    return urlunsplit(parts._replace(query="&".join(part for part in (parts.query, added) if part)))


def utm_query(words: Mapping[str, str]) -> str:
    """`{"source": "sms"}` as it is kept and added to links; blank words are left out.

    Raises:
        MmsError: code `utm`, for a name that analytics programs do not read.
    """
    for name in words:
        if name.removeprefix("utm_") not in UTM_NAMES:
            raise MmsError(f"“{name}” is none of: {', '.join(UTM_NAMES)}.", code="utm")
    bare = {name.removeprefix("utm_"): " ".join(word.split()) for name, word in words.items()}
    return urlencode([(f"utm_{name}", bare[name]) for name in UTM_NAMES if bare.get(name)])


def _replaced(text: str, new: list[str]) -> str:
    pieces, at = [], 0
    for found, link in zip(_LINK.finditer(text), new, strict=False):
        pieces += [text[at : found.start()], link]
        at = found.start() + len(_bare(found[0]))
    return "".join([*pieces, text[at:]])


def _bare(link: str) -> str:
    """Without what belongs to the sentence: a full stop, a bracket that was opened before the link."""
    while link and (link[-1] in _AFTER or (link[-1] in _PAIRS and link.count(link[-1]) > link.count(_PAIRS[link[-1]]))):
        link = link[:-1]
    return link
