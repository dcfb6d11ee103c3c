"""From two answers to a verdict: the rules, in the order in which a person would want to hear them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO

from mms.media.check.expiry import link_expiry, readable_time
from mms.media.check.fetch import Answer, Download
from mms.media.check.limits import CARRIER_BYTES, MESSAGE_BYTES
from mms.media.check.messages import Advice, LinkFault, Reason, kilobytes
from mms.media.check.share_links import share_link
from mms.media.check.verdict import MediaVerdict
from mms.media.file_types import (
    ACCEPTED_TYPES,
    GENERIC_TYPES,
    PAGE_TYPES,
    RESIZED_BY_TWILIO,
    describe_type,
    detect_type,
    fits,
    same_name,
)
from mms.media.image.decoding import Look

_STATUS = {
    401: Reason.NEEDS_LOGIN,
    403: Reason.FORBIDDEN,
    404: Reason.NOT_FOUND,
    407: Reason.NEEDS_LOGIN,
    410: Reason.GONE,
    429: Reason.TOO_BUSY,
    204: Reason.EMPTY,
}
_LOGIN_WORDS = ("login", "signin", "sign_in", "sign-in", "sso", "auth")
_LABEL_SHOWN = 40  # characters of a label that somebody's server made up
_START = 4096  # bytes that are looked at for the file's type


@dataclass(slots=True)
class Evidence:
    """What is known of one link so far; grows while it is asked."""

    url: str
    visited: tuple[str, ...] = ()
    content_type: str | None = None
    detected_type: str | None = None
    size: int | None = None
    look: Look = field(default_factory=Look)
    is_packed: bool = False
    is_ours: bool = False
    expires_at: datetime | None = None

    def note_answer(self, answer: Answer) -> None:
        """Keep what an answer says about itself."""
        self.visited = tuple(str(url) for url in answer.visited)
        self.content_type = answer.content_type
        self.is_packed = answer.is_packed

    def note_file(self, file: IO[bytes], size: int, look: Callable[[bytes], Look]) -> None:
        """Keep what the file itself shows. Decodes a picture: not for the event loop."""
        file.seek(0)
        self.size = size
        self.detected_type = detect_type(file.read(_START))
        if (self.detected_type or "").startswith("image/") and self.detected_type != "image/svg+xml":
            file.seek(0)
            self.look = look(file.read())

    def verdict(self, fault: LinkFault | None) -> MediaVerdict:
        """The finding as a value: usable when there is no fault."""
        return MediaVerdict(
            url=self.url,
            final_url=self.visited[-1] if self.visited else self.url,
            redirects=self.visited[1:],
            ok=fault is None,
            code=fault.code if fault else None,
            message=fault.message if fault else self._praise(),
            advice=fault.advice if fault else self._advice(),
            content_type=self.content_type,
            detected_type=self.detected_type,
            bytes=self.size,
            animated=self.look.animated,
            checked_at=datetime.now(UTC),
            thumbnail=self.look.thumbnail,
            expires_at=self.expires_at,
        )

    def _praise(self) -> str:
        kind = "animated GIF" if self.look.animated else describe_type(self.content_type)
        return f"{kind[0].upper()}{kind[1:]}, {kilobytes(self.size or 0)}."

    def _advice(self) -> str | None:
        heavy = (self.size or 0) > CARRIER_BYTES
        resized = same_name(self.content_type or "") in RESIZED_BY_TWILIO
        applies = (
            (Advice.HEAVY_ANIMATION, heavy and self.look.animated),
            (Advice.HEAVY, heavy and not resized),
            (Advice.NOT_HTTPS, not self.is_ours and any(url.startswith("http:") for url in self.visited)),
            (Advice.REDIRECTED, len(self.visited) > 1),
            (Advice.PACKED, self.is_packed),
            (Advice.EXPIRES, self.expires_at is not None),
        )
        expiry = readable_time(self.expires_at) if self.expires_at else ""
        return " ".join(text.format(expiry=expiry) for text, holds in applies if holds) or None


def require_unexpired(evidence: Evidence) -> None:
    """Note until when the link is good. Raises LinkFault when that is past: asking would only say `forbidden`."""
    evidence.expires_at = link_expiry(evidence.url)
    if evidence.expires_at and evidence.expires_at <= datetime.now(UTC):
        raise LinkFault(Reason.EXPIRED, expiry=readable_time(evidence.expires_at))


def require_picture_link(url: str) -> None:
    """Raise LinkFault for the page of a sharing service, with its direct form when there is one."""
    if shared := share_link(url):
        reason = Reason.SHARE_PAGE_WITH_DIRECT_LINK if shared.direct_url else Reason.SHARE_PAGE
        raise LinkFault(reason, sentence=shared.sentence, direct_url=shared.direct_url)


def require_usable(head: Answer | LinkFault, got: Download, evidence: Evidence) -> None:
    """Raise the first LinkFault that applies: what the file is comes before how HEAD was answered."""
    _require_success(got.answer)
    _require_no_page(got.answer, evidence)
    if not got.size:
        raise LinkFault(Reason.EMPTY)
    require_accepted_type(evidence, got.answer.host)
    _require_same_to_head(head, got.answer)


def _require_success(answer: Answer) -> None:
    if answer.is_success and answer.status != 204:
        return
    reason = _STATUS.get(answer.status)
    if reason is None:
        reason = Reason.SERVER_ERROR if answer.status >= 500 else Reason.ODD_STATUS
    raise LinkFault(reason, host=answer.host, status=answer.status)


def _require_no_page(answer: Answer, evidence: Evidence) -> None:
    if answer.content_type not in PAGE_TYPES and evidence.detected_type != "text/html":
        return
    final = answer.visited[-1]
    if len(answer.visited) > 1:
        require_picture_link(str(final))
        if any(word in f"{final.host}{final.path}".lower() for word in _LOGIN_WORDS):
            raise LinkFault(Reason.LEADS_TO_LOGIN, host=answer.host)
    raise LinkFault(Reason.WEB_PAGE)


def require_accepted_type(evidence: Evidence, host: str) -> None:
    """Raise LinkFault unless header and bytes agree on a type that Twilio takes."""
    declared, detected = evidence.content_type, evidence.detected_type
    facts = {"host": host, "declared": declared, "kind": describe_type(detected or declared)}
    if declared is None:
        raise LinkFault(Reason.NO_TYPE, **facts)
    if declared in GENERIC_TYPES:
        known = detected if detected in ACCEPTED_TYPES else "its true type"
        raise LinkFault(Reason.GENERIC_TYPE, **facts, wanted=known)
    if declared not in ACCEPTED_TYPES and detected in ACCEPTED_TYPES:
        raise LinkFault(Reason.LABEL_NOT_ACCEPTED, **facts | {"declared": declared[:_LABEL_SHOWN]}, wanted=detected)
    if declared not in ACCEPTED_TYPES:
        raise LinkFault(Reason.TYPE_NOT_ACCEPTED, **facts)
    if not fits(declared, detected):
        raise LinkFault(Reason.TYPE_MISMATCH if detected else Reason.DAMAGED, **facts)
    if evidence.look.too_many_pixels:
        raise LinkFault(Reason.TOO_MANY_PIXELS)
    if evidence.look.too_costly:
        raise LinkFault(Reason.TOO_COSTLY)
    if evidence.look.damaged:
        raise LinkFault(Reason.DAMAGED, **facts)


def _require_same_to_head(head: Answer | LinkFault, got: Answer) -> None:
    if isinstance(head, LinkFault):
        raise LinkFault(Reason.HEAD_SILENT, host=got.host)
    if not head.is_success:
        raise LinkFault(Reason.HEAD_REFUSED, host=got.host, status=head.status)
    if head.length > MESSAGE_BYTES:
        facts = {"size": kilobytes(head.length), "limit": kilobytes(MESSAGE_BYTES)}
        raise LinkFault(Reason.HEAD_TOO_LARGE, host=got.host, **facts)
    if same_name(head.content_type or "") != same_name(got.content_type or ""):
        said = head.content_type or "no type"
        raise LinkFault(Reason.HEAD_DIFFERS, host=got.host, head_type=said, declared=got.content_type)
