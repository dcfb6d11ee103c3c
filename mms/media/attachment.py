"""Videos and contact cards from somebody's computer: taken as they are, as Twilio takes them."""

import hashlib
from dataclasses import dataclass

from mms.errors import UploadError
from mms.media.check.limits import CARRIER_BYTES, MESSAGE_BYTES
from mms.media.check.messages import kilobytes
from mms.media.file_types import detect_type
from mms.problems import MediaCode

EXTENSIONS = {"video/mp4": ("mp4", "m4v", "3gp", "3gpp"), "text/vcard": ("vcf", "vcard")}
"""By what the first bytes say: the endings that such a file may have. The first is the one it is hosted under."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """`changes` holds a word of advice, as a picture's says what was done to it."""

    data: bytes
    extension: str
    sha256: str
    changes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name it is hosted under."""
        return f"{self.sha256}.{self.extension}"


def is_attachment(data: bytes) -> bool:
    """Whether the first bytes are a video's or a contact card's."""
    return detect_type(data[:512]) in EXTENSIONS


def take_attachment(data: bytes, file_name: str) -> Attachment:
    """The file as it will be sent. Raises UploadError, with a media code."""
    kind = detect_type(data[:512]) or ""
    ending = file_name.rpartition(".")[2].lower()
    allowed = EXTENSIONS.get(kind, ())
    if ending not in allowed:
        raise UploadError(
            f"“{file_name}” is not what its name says, or of a kind that phones do not take. "
            "Choose a picture, a video (MP4 or 3GP) or a contact card (VCF).",
            code=MediaCode.TYPE,
        )
    if len(data) > MESSAGE_BYTES:
        raise UploadError(
            f"“{file_name}” is {kilobytes(len(data))}; a message takes {kilobytes(MESSAGE_BYTES)} at most. "
            "Save a shorter or smaller one.",
            code=MediaCode.TOO_LARGE,
        )
    extension = "3gp" if ending.startswith("3gp") else allowed[0]
    return Attachment(data, extension, hashlib.sha256(data).hexdigest(), _advice(len(data)))


def _advice(size: int) -> tuple[str, ...]:
    if size <= CARRIER_BYTES:
        return ()
    return (
        f"It is {kilobytes(size)}: Twilio makes pictures smaller for each phone, but not this. Above "
        f"{kilobytes(CARRIER_BYTES)} some carriers do not deliver it, so save a smaller one if you can.",
    )
