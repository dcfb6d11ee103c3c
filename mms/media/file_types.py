"""The media types Twilio takes for MMS, and what a file's first bytes say it is.

Source of the list: Twilio, "Accepted content types for media" (page of 2026-07-07), column MMS. WebP is not in it.
"""

IMAGE_TYPES = frozenset(f"image/{name}" for name in ("jpeg", "jpg", "gif", "png", "heic", "heif", "tiff", "bmp"))
# Twilio resizes these for the receiving phone; everything else goes to the carrier as it is.
RESIZED_BY_TWILIO = frozenset({"image/jpeg", "image/png", "image/gif"})
ACCEPTED_TYPES = IMAGE_TYPES | frozenset(
    [f"video/{name}" for name in ("mpeg4", "mp4", "mpeg", "webm", "quicktime", "3gpp", "3gpp2", "3gpp-tt")]
    + [f"video/{name}" for name in ("h261", "h263", "h263-1998", "h263-2000", "h264", "h265")]
    + [f"audio/{name}" for name in ("ogg", "mpeg", "mp4", "mp3", "3gpp", "3gpp2", "basic", "l24")]
    + [f"audio/{name}" for name in ("vnd.rn-realaudio", "vnd.wave", "ac3", "webm", "amr-nb", "amr")]
    + [f"text/{name}" for name in ("vcard", "x-vcard", "directory", "csv", "richtext", "rtf", "calendar")]
    + ["application/pdf", "application/vcard"]
)
# Sent by servers that were never told what the file is.
GENERIC_TYPES = frozenset({"application/octet-stream", "binary/octet-stream", "application/x-download"})
PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})

_NAMES = {
    "image/jpeg": "JPEG picture",
    "image/png": "PNG picture",
    "image/gif": "GIF picture",
    "image/heic": "HEIC picture",
    "image/tiff": "TIFF picture",
    "image/bmp": "BMP picture",
    "image/webp": "WebP picture",
    "image/avif": "AVIF picture",
    "image/svg+xml": "SVG drawing",
    "video/mp4": "MP4 video",
    "video/webm": "WebM video",
    "video/mpeg": "MPEG video",
    "audio/mpeg": "MP3 sound",
    "audio/ogg": "Ogg sound",
    "audio/amr": "AMR sound",
    "audio/vnd.wave": "WAV sound",
    "text/vcard": "contact card",
    "text/calendar": "calendar entry",
    "text/csv": "CSV table",
    "text/rtf": "RTF document",
    "text/html": "web page",
    "text/plain": "plain text",
    "application/pdf": "PDF document",
    "application/zip": "ZIP archive or Office document",
    "application/xml": "XML text",
    "application/json": "JSON text",
}

_SYNONYMS = {  # one name for each thing that a file's bytes cannot tell apart
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/heif": "image/heic",
    "audio/mp3": "audio/mpeg",
    "audio/webm": "video/webm",
    "video/ogg": "audio/ogg",
    "audio/amr-nb": "audio/amr",
    "audio/wav": "audio/vnd.wave",
    "text/x-vcard": "text/vcard",
    "text/directory": "text/vcard",
    "application/vcard": "text/vcard",
    "text/richtext": "text/rtf",
}
_SYNONYMS |= dict.fromkeys(  # the ISO media container: the brands inside overlap, and phones do not care
    ("video/mpeg4", "video/quicktime", "video/3gpp", "video/3gpp2", "audio/mp4", "audio/3gpp", "audio/3gpp2"),
    "video/mp4",
)

_SIGNATURES = (  # offset, bytes, type
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"BM", "image/bmp"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/vnd.wave"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"\x00\x00\x01\xba", "video/mpeg"),
    (0, b"\x00\x00\x01\xb3", "video/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf2", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"\x0bw", "audio/ac3"),
    (0, b".snd", "audio/basic"),
    (0, b".ra\xfd", "audio/vnd.rn-realaudio"),
    (0, b"{\\rtf", "text/rtf"),
    (0, b"PK\x03\x04", "application/zip"),
)
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_TEXT_STARTS = (
    (b"begin:vcard", "text/vcard"),
    (b"begin:vcalendar", "text/calendar"),
    (b"<!doctype html", "text/html"),
    (b"<html", "text/html"),
    (b"<head", "text/html"),
    (b"<body", "text/html"),
    (b"<script", "text/html"),
    (b"<svg", "image/svg+xml"),
)
# Types whose bytes always carry a signature of the table: unrecognised bytes are then a damaged or other file.
_ALWAYS_SIGNED = IMAGE_TYPES | {"application/pdf", "video/webm", "text/vcard", "text/calendar"}


def content_type_name(header: str | None) -> str | None:
    """The type of a Content-Type header: lower case, without parameters; None when there is none."""
    name = (header or "").split(";")[0].strip().lower()
    return name or None


def describe_type(name: str | None) -> str:
    """The type as words for a person: `JPEG picture`; an unknown type stands as it is."""
    if name is None:
        return "file of an unknown kind"
    return _NAMES.get(same_name(name), f"file of type {name}")


def same_name(name: str) -> str:
    """One name for types that are the same thing, such as `image/jpg` and `image/jpeg`."""
    return _SYNONYMS.get(name, name)


def detect_type(start: bytes) -> str | None:
    """What the first bytes say (512 are enough; 4096 find an SVG behind a long comment); None when they do not say."""
    if start[4:8] == b"ftyp":
        return _iso_media_type(start[8:12], start)
    for offset, signature, name in _SIGNATURES:
        if start.startswith(signature, offset):
            return name
    return _text_type(start)


def _iso_media_type(brand: bytes, start: bytes) -> str:
    compatible = {start[at : at + 4] for at in range(16, min(len(start), int.from_bytes(start[:4], "big")), 4)}
    if brand in _AVIF_BRANDS or _AVIF_BRANDS & compatible:  # AVIF files may carry the brand mif1, too
        return "image/avif"
    return "image/heic" if brand in _HEIF_BRANDS else "video/mp4"


def _text_type(start: bytes) -> str | None:
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for opening, name in _TEXT_STARTS:
        if text.startswith(opening):
            return name
    if text.startswith((b"<?xml", b"<!--", b"<!doctype svg")):
        inside = ((b"<svg", "image/svg+xml"), (b"<html", "text/html"))
        return next((name for tag, name in inside if tag in text), "application/xml")
    return None


def fits(declared: str, detected: str | None) -> bool:
    """Whether the bytes can be what the header declares."""
    if detected is None:
        return same_name(declared) not in _ALWAYS_SIGNED
    return same_name(declared) == same_name(detected)
