"""Names of hosted pictures: the SHA-256 of the content and an extension. Nothing else is ever a name."""

import re

CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "mp4": "video/mp4",
    "3gp": "video/3gpp",
    "vcf": "text/vcard",
}
_NAME = re.compile(rf"[0-9a-f]{{64}}\.({'|'.join(CONTENT_TYPES)})", re.ASCII)


def is_picture_name(name: str) -> bool:
    """Whether this can be a hosted picture's name; keeps paths out of the store."""
    return _NAME.fullmatch(name) is not None


def content_type_of(name: str) -> str:
    """The type that belongs to a name's extension. Raises KeyError for what is not a picture's name."""
    return CONTENT_TYPES[name.rpartition(".")[2]]


def picture_response_headers(name: str) -> dict[str, str]:
    """Headers of the answer to GET and HEAD. A name stands for one content, so it may be kept for ever."""
    extension = name.rpartition(".")[2]
    return {
        "Content-Type": content_type_of(name),
        "Cache-Control": "public, max-age=31536000, immutable",
        "ETag": f'"{name.partition(".")[0]}"',
        # Twilio: at most 20 characters, no blanks or special ones.
        "Content-Disposition": f'inline; filename="picture.{extension}"',
        "X-Content-Type-Options": "nosniff",
    }
