"""Opens pictures that strangers made: only the formats we expect, no bombs. Used by the pre-flight and by uploads."""

import io
import struct
import warnings
from dataclasses import dataclass
from typing import IO

from PIL import Image, ImageCms, ImageOps
from pillow_heif import register_heif_opener

from mms.errors import UploadError
from mms.problems import MediaCode

register_heif_opener()
# More than 89 million pixels is an error here, not a remark: such files exist to exhaust memory.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)

FORMATS = ("JPEG", "PNG", "GIF", "HEIF", "TIFF", "BMP", "WEBP", "AVIF")  # never the formats that run programs
TOO_MANY_PIXELS = (Image.DecompressionBombWarning, Image.DecompressionBombError)
UNREADABLE = (OSError, SyntaxError, ValueError, IndexError, EOFError, RuntimeError, struct.error)  # what Pillow raises

_PREVIEW_SIDE = 360  # pixels; a phone bubble in the preview is 280 wide
_PREVIEW_BYTES = 40_000
_PREVIEW_PIXELS = 25_000_000  # above, decoding costs more memory than a preview is worth
_MOST_SCANS = 100  # of a JPEG: cameras and programs write up to 20; each is decoded over the whole picture
_SCAN, _JPEG = b"\xff\xda", b"\xff\xd8\xff"
_TESTED_FORMATS = frozenset({"JPEG", "PNG", "GIF"})  # where "Pillow cannot read it" does mean "damaged"


@dataclass(frozen=True, slots=True)
class Look:
    """What a glance at a picture shows. `thumbnail` is JPEG."""

    animated: bool = False
    damaged: bool = False
    too_many_pixels: bool = False
    too_costly: bool = False
    thumbnail: bytes | None = None


def look_at(file: IO[bytes]) -> Look:
    """Decode the picture once, small. Never raises for what is in the file."""
    file.seek(0)
    image_format = None
    try:
        require_few_scans(file.read())
        file.seek(0)
        with Image.open(file, formats=FORMATS) as image:
            image_format = image.format
            if image.width * image.height > _PREVIEW_PIXELS:
                return Look()
            animated = image.format == "GIF" and bool(getattr(image, "is_animated", False))
            image.seek(0)
            return Look(animated=animated, thumbnail=_preview(image))
    except UploadError:
        return Look(too_costly=True)
    except TOO_MANY_PIXELS:
        return Look(too_many_pixels=True)
    except UNREADABLE:
        return Look(damaged=image_format in _TESTED_FORMATS or image_format is None)


def require_few_scans(data: bytes) -> None:
    """Go on only with a picture that is drawn in a sensible number of passes.

    Raises:
        UploadError: `media_too_large`.
    """
    if data.startswith(_JPEG) and data.count(_SCAN) > _MOST_SCANS:  # the marker never occurs inside the data
        raise UploadError(
            "This JPEG is drawn in hundreds of passes, which takes phones and computers minutes. "
            "Save it again as a plain JPEG, and use that.",
            code=MediaCode.TOO_LARGE,
        )


def thumbnail(image: Image.Image, side: int, quality: int = 75) -> bytes:
    """An upright JPEG of at most `side` pixels either way; the image is drafted, so it is no longer whole."""
    image.draft("RGB", (side, side))
    small = flattened(ImageOps.exif_transpose(image))
    small.thumbnail((side, side))
    return as_jpeg(small, quality)


def _preview(image: Image.Image) -> bytes | None:
    for quality in (75, 50, 25):
        data = thumbnail(image, _PREVIEW_SIDE, quality)
        if len(data) <= _PREVIEW_BYTES:
            return data
    return None


def as_jpeg(image: Image.Image, quality: int | str) -> bytes:
    """The picture as JPEG bytes, without any metadata."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, optimize=True, exif=b"", comment=b"")
    return file.getvalue()


def has_transparency(image: Image.Image) -> bool:
    """Whether any pixel is not opaque."""
    if not image.has_transparency_data:
        return False
    return image.convert("RGBA").getchannel("A").getextrema()[0] != 255


def flattened(image: Image.Image) -> Image.Image:
    """RGB (or grey) on white, as phones show a picture without a background."""
    if image.mode in {"I;16", "I;16B", "I;16L", "I"}:  # 16 bits a channel: keep the upper 8
        image = image.point(lambda value: value / 256).convert("L")
    if image.mode in {"L", "RGB"} and not image.has_transparency_data:
        return image
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    ground = Image.new("RGB", layer.size, "white")
    ground.paste(layer, mask=layer.getchannel("A"))
    return ground


def in_common_colours(image: Image.Image) -> Image.Image:
    """The picture in sRGB, without its colour profile and everything else that was noted beside the pixels."""
    profile = image.info.get("icc_profile")
    if image.mode in {"P", "PA", "LA"} or (image.mode in {"L", "RGB"} and image.has_transparency_data):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if profile and image.mode in {"L", "RGB", "RGBA", "CMYK"}:
        image = _in_srgb(image, profile)
    image = image.copy()
    image.info.clear()
    return image


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):  # a broken profile: the colours are as good as they get
        return image
    return converted or image


def within(image: Image.Image, side: int) -> Image.Image:
    """A copy no larger than `side` pixels either way; never enlarged."""
    smaller = image.copy()
    smaller.thumbnail((side, side), Image.Resampling.LANCZOS)
    return smaller
