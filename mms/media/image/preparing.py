"""A picture from somebody's computer, made fit for phones: upright, without metadata, JPEG or PNG, at most 500 KB.

Strangers' pictures come here by way of `isolated`.
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PIL import ExifTags, Image, ImageOps

from mms.errors import UploadError
from mms.media.check.messages import kilobytes
from mms.media.image.animations import fitting_animation, is_animation
from mms.media.image.decoding import (
    FORMATS,
    TOO_MANY_PIXELS,
    UNREADABLE,
    as_jpeg,
    flattened,
    has_transparency,
    in_common_colours,
    require_few_scans,
    within,
)
from mms.media.store.picture_names import CONTENT_TYPES
from mms.problems import MediaCode

TARGET_BYTES = 500_000  # what every US carrier takes, with room for the text
UPLOAD_BYTES = 50_000_000
_FORMAT_NAMES = {"MPO": "JPEG", "HEIF": "HEIC"}  # MPO: a JPEG with a second picture in it
_START_SIDE = 2048  # pixels; no phone shows more, and decoding less keeps memory low
# Tried in this order until one fits: sharpness before size, until the picture would be too small for a phone.
_JPEG_STEPS = ((1600, 85), (1600, 75), (1280, 80), (1280, 70), (1024, 70), (800, 65), (640, 60), (480, 50))
_PNG_SIDES = (1600, 1280, 1024, 800, 640)
_SCALED_FIRST = frozenset({"L", "RGB", "RGBA", "CMYK"})  # every later step then costs little memory
_DRAWN_FORMATS = frozenset({"PNG", "GIF", "BMP"})  # logos and text, which JPEG blurs; tried as PNG first


@dataclass(frozen=True, slots=True)
class PreparedPicture:
    """`changes` are sentences for the person, in the order in which things were done; empty when nothing was."""

    data: bytes
    content_type: str
    extension: str
    sha256: str
    width: int
    height: int
    original_bytes: int
    original_width: int
    original_height: int
    changes: tuple[str, ...]
    before: bytes = b""  # the picture as it came, as a small JPEG; empty where nobody needs it

    @property
    def name(self) -> str:
        """The name it is hosted under."""
        return f"{self.sha256}.{self.extension}"


@dataclass(frozen=True, slots=True)
class _Encoded:
    data: bytes
    extension: str
    size: tuple[int, int]
    changes: tuple[str, ...] = ()


def fitted_picture(data: bytes, file_name: str) -> PreparedPicture:
    """Make the picture fit. Raises UploadError, with a media code, when that cannot be done."""
    _require_sensible_size(data)
    require_few_scans(data)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            return _prepared(data, image)
    except TOO_MANY_PIXELS:
        raise UploadError(
            "This picture has too many pixels to be handled safely. Save a smaller copy and upload that.",
            code=MediaCode.TOO_LARGE,
        ) from None
    except UNREADABLE as error:
        raise _not_a_picture(file_name) from error


def _require_sensible_size(data: bytes) -> None:
    if not data:
        raise UploadError("This file is empty. Choose another one.", code=MediaCode.EMPTY)
    if len(data) > UPLOAD_BYTES:
        raise UploadError(
            f"This file is {kilobytes(len(data))}; at most {kilobytes(UPLOAD_BYTES)} can be uploaded. "
            "Save a smaller copy and upload that.",
            code=MediaCode.TOO_LARGE,
        )


def _not_a_picture(file_name: str) -> UploadError:
    return UploadError(
        f"“{file_name}” cannot be read as a picture; it may be damaged or something else. "
        "Choose a JPEG, PNG, GIF or HEIC file.",
        code=MediaCode.TYPE,
    )


def _prepared(data: bytes, image: Image.Image) -> PreparedPicture:
    width, height = image.size
    encoded = _encoded(data, image)
    changes = list(encoded.changes)
    if encoded.size not in {(width, height), (height, width)}:
        changes.append(f"Made smaller: {width} × {height} to {encoded.size[0]} × {encoded.size[1]} pixels.")
    if len(data) > TARGET_BYTES:
        changes.append(f"File size: {kilobytes(len(data))} to {kilobytes(len(encoded.data))}.")
    return PreparedPicture(
        data=encoded.data,
        content_type=CONTENT_TYPES[encoded.extension],
        extension=encoded.extension,
        sha256=hashlib.sha256(encoded.data).hexdigest(),
        width=encoded.size[0],
        height=encoded.size[1],
        original_bytes=len(data),
        original_width=width,
        original_height=height,
        changes=tuple(changes),
    )


def _encoded(data: bytes, image: Image.Image) -> _Encoded:
    original = _FORMAT_NAMES.get(str(image.format), str(image.format))
    hidden = "Removed hidden details (place, time, camera)." if _has_details(image) else None
    if is_animation(image):
        animation = fitting_animation(data, image, TARGET_BYTES)
        encoded = _Encoded(animation.data, "gif", animation.size, animation.changes)
    else:
        encoded = _still(data, image)
    target = {"jpg": "JPEG", "png": "PNG", "gif": "GIF"}[encoded.extension]
    converted = f"Converted from {original} to {target}." if target != original else None
    changes = [hidden, *encoded.changes, converted]
    return replace(encoded, changes=tuple(change for change in changes if change))


def _has_details(image: Image.Image) -> bool:
    return bool(image.getexif()) or any(name in image.info for name in ("exif", "xmp", "comment", "photoshop"))


def _still(data: bytes, image: Image.Image) -> _Encoded:
    if _needs_no_change(data, image):
        kept = as_jpeg(image, "keep")  # at its own quality: no loss that anybody sees
        if len(kept) <= TARGET_BYTES:
            return _Encoded(kept, "jpg", image.size)
    image.draft("RGB", (_START_SIDE, _START_SIDE))
    if image.mode in _SCALED_FIRST:
        image.thumbnail((_START_SIDE, _START_SIDE), Image.Resampling.LANCZOS)
    turned = image.getexif().get(ExifTags.Base.Orientation, 1) not in {0, 1}
    upright = in_common_colours(ImageOps.exif_transpose(image))
    turn = ("Turned upright.",) if turned else ()
    encoded = _smallest_loss(upright, is_drawn=image.format in _DRAWN_FORMATS)
    return replace(encoded, changes=turn + encoded.changes)


def _needs_no_change(data: bytes, image: Image.Image) -> bool:
    return (
        image.format == "JPEG"
        and len(data) <= TARGET_BYTES
        and max(image.size) <= _JPEG_STEPS[0][0]
        and image.mode in {"L", "RGB"}
        and image.getexif().get(ExifTags.Base.Orientation, 1) in {0, 1}
        and "icc_profile" not in image.info
    )


def _smallest_loss(image: Image.Image, *, is_drawn: bool) -> _Encoded:
    transparent = has_transparency(image)
    if (transparent or is_drawn) and (png := _as_fitting_png(image, _PNG_SIDES if transparent else _PNG_SIDES[:1])):
        return png
    return _as_fitting_jpeg(image, ("Transparent background made white.",) if transparent else ())


def _as_fitting_png(image: Image.Image, sides: Sequence[int]) -> _Encoded | None:
    for side in sides:
        smaller = within(image, side)
        file = io.BytesIO()
        smaller.save(file, "PNG")
        if file.tell() <= TARGET_BYTES:
            return _Encoded(file.getvalue(), "png", smaller.size)
    return None


def _as_fitting_jpeg(image: Image.Image, changes: tuple[str, ...]) -> _Encoded:
    flat = flattened(image)
    for side, quality in _JPEG_STEPS:
        smaller = within(flat, side)
        data = as_jpeg(smaller, quality)
        if len(data) <= TARGET_BYTES:
            return _Encoded(data, "jpg", smaller.size, changes)
    raise UploadError(
        f"This picture cannot be brought below {kilobytes(TARGET_BYTES)}. Save a smaller copy and upload that.",
        code=MediaCode.TOO_LARGE,
    )
