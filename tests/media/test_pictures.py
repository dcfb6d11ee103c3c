"""Pictures from the computer come out upright, bare, small and of a type that Twilio takes; or with the reason."""

import hashlib
import io
import struct
import zlib

import pytest
from PIL import ExifTags, Image, ImageChops, ImageCms, ImageDraw, ImageStat

from mms.errors import UploadError
from mms.media.image.animations import without_notes
from mms.media.image.isolated import prepare_picture
from mms.media.image.preparing import TARGET_BYTES, PreparedPicture
from mms.problems import MediaCode
from tests.media import sample_pictures as sample


def opened(picture: PreparedPicture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.data))
    image.load()
    return image


def half_red(size: tuple[int, int] = (80, 40)) -> Image.Image:
    """Red on the left, blue on the right: shows how it was turned."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    return image


def with_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "SECRETCAMERA"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (47.0, 22.0, 0.0)
    return exif


@pytest.mark.parametrize(
    ("data", "extension"),
    [
        pytest.param(sample.jpeg(), "jpg", id="jpeg"),
        pytest.param(sample.png(), "png", id="png"),
        pytest.param(sample.gif(), "png", id="still gif"),
        pytest.param(sample.webp(), "jpg", id="webp"),
        pytest.param(sample.heic(), "jpg", id="heic"),
        pytest.param(sample.encode(sample.flat(), "AVIF"), "jpg", id="avif"),
        pytest.param(sample.encode(sample.flat(), "TIFF"), "jpg", id="tiff"),
        pytest.param(sample.encode(sample.flat(), "BMP"), "png", id="bmp"),
        pytest.param(sample.encode(sample.flat().convert("L"), "JPEG"), "jpg", id="grey jpeg"),
        pytest.param(sample.encode(sample.flat().convert("CMYK"), "JPEG"), "jpg", id="printer's jpeg"),
        pytest.param(sample.encode(sample.flat().convert("1"), "PNG"), "png", id="black and white"),
        pytest.param(sample.encode(sample.flat().convert("P"), "PNG"), "png", id="palette"),
        pytest.param(sample.encode(sample.flat().convert("LA"), "PNG"), "png", id="grey with transparency"),
        pytest.param(sample.encode(Image.new("I;16", (20, 20), 40_000), "PNG"), "png", id="16 bits"),
        pytest.param(sample.animation((60, 60), 4), "gif", id="animated gif"),
        pytest.param(sample.encode(sample.flat(), "JPEG", progressive=True), "jpg", id="progressive"),
    ],
)
def test_result_is_a_type_that_twilio_takes(data: bytes, extension: str) -> None:
    picture = prepare_picture(data, "picture")

    assert picture.extension == extension
    assert picture.content_type == {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif"}[extension]
    assert picture.sha256 == hashlib.sha256(picture.data).hexdigest()
    assert picture.name == f"{picture.sha256}.{extension}"
    assert opened(picture).size == (picture.width, picture.height)
    assert picture.original_bytes == len(data)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("image_format", ["JPEG", "HEIF", "PNG", "WEBP", "TIFF"])
def test_picture_is_turned_upright(orientation: int, image_format: str) -> None:
    stored = half_red()
    data = sample.encode(stored, image_format, exif=with_exif(orientation).tobytes())
    expected = {  # where the red half is seen
        1: (10, 20), 2: (70, 20), 3: (70, 20), 4: (10, 20), 5: (20, 10), 6: (20, 10), 7: (20, 70), 8: (20, 70),
    }[orientation]  # fmt: skip

    picture = prepare_picture(data, "picture")

    assert opened(picture).convert("RGB").getpixel(expected)[0] > 200
    if image_format != "HEIF":  # the decoder turns HEIF before we see it
        assert ("Turned upright." in picture.changes) is (orientation != 1)
    assert (picture.width > picture.height) is (orientation < 5)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "HEIF", "TIFF"])
def test_nothing_of_the_camera_remains(image_format: str) -> None:
    data = sample.encode(sample.flat(), image_format, exif=with_exif())
    assert b"SECRETCAMERA" in data

    picture = prepare_picture(data, "picture")

    assert b"SECRETCAMERA" not in picture.data
    assert not opened(picture).getexif()
    assert "Removed hidden details (place, time, camera)." in picture.changes


def test_comments_xmp_profile_and_what_follows_the_end_go() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = sample.encode(sample.flat(), "JPEG", comment=b"MYCOMMENT", xmp=b"<x>MYXMP</x>", icc_profile=profile)
    picture = prepare_picture(data + b"MYTRAILER" + sample.webp(), "a.jpg")

    for secret in (b"MYCOMMENT", b"MYXMP", b"MYTRAILER", b"ICC_PROFILE", b"WEBP"):
        assert secret not in picture.data


def test_text_of_a_png_goes() -> None:
    chunk = b"tEXt" + b"Author\0MYNAME"
    noted = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    plain = sample.png()

    assert b"MYNAME" not in prepare_picture(plain[:33] + noted + plain[33:], "a.png").data


def test_small_jpeg_loses_nothing_that_anybody_sees() -> None:
    data = sample.encode(sample.noise((20, 20)).resize((200, 200)), "JPEG", quality=40)

    picture = prepare_picture(data, "a.jpg")
    difference = ImageChops.difference(opened(picture), Image.open(io.BytesIO(data)))

    assert picture.changes == ()
    assert max(ImageStat.Stat(difference).rms) < 3


def test_large_photo_is_brought_below_the_target() -> None:
    data = sample.encode(sample.noise((3000, 2000)), "JPEG", quality=95, exif=with_exif(6))
    assert len(data) > 5_000_000

    picture = prepare_picture(data, "a.jpg")

    assert len(picture.data) <= TARGET_BYTES
    assert (picture.original_width, picture.original_height) == (3000, 2000)
    assert picture.height > picture.width >= 480 * 2 // 3
    assert any(change.startswith("Made smaller: 3000 × 2000 to") for change in picture.changes)
    assert any(change.startswith("File size:") for change in picture.changes)


def test_photo_that_packs_well_keeps_what_a_phone_can_show() -> None:
    picture = prepare_picture(sample.encode(half_red((4000, 3000)), "JPEG"), "a.jpg")

    assert (picture.width, picture.height) == (1600, 1200)


def test_drawing_stays_png_and_keeps_its_transparency() -> None:
    image = Image.new("RGBA", (3000, 1500))
    ImageDraw.Draw(image).ellipse((10, 10, 2000, 1400), fill="red")

    picture = prepare_picture(sample.encode(image, "PNG"), "logo.png")

    assert (picture.extension, picture.width) == ("png", 1600)
    assert opened(picture).getpixel((0, 0))[3] == 0


def test_transparent_photo_becomes_white_where_it_must() -> None:
    image = sample.noise((2000, 2000)).convert("RGBA")
    image.putalpha(Image.new("L", image.size, 0).point(lambda _: 120))

    picture = prepare_picture(sample.encode(image, "PNG"), "a.png")

    assert picture.extension == "jpg"
    assert "Transparent background made white." in picture.changes
    assert "Converted from PNG to JPEG." in picture.changes


def test_colours_of_a_wide_profile_are_converted() -> None:
    """An iPhone writes Display P3; without its profile the numbers would mean other colours."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    same = prepare_picture(sample.encode(half_red(), "PNG", icc_profile=lab), "a.png")
    assert opened(same).convert("RGB").getpixel((5, 5)) == (255, 0, 0)
    broken = prepare_picture(sample.encode(half_red(), "PNG", icc_profile=b"nonsense"), "a.png")
    assert opened(broken).convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def test_small_animation_keeps_every_pixel() -> None:
    data = sample.animation((60, 40), 6, comment=b"MYCOMMENT")
    picture = prepare_picture(data, "a.gif")

    assert opened(picture).n_frames == 6
    assert b"MYCOMMENT" not in picture.data
    assert b"NETSCAPE2.0" in picture.data
    assert len(picture.data) < len(data)


def test_large_animation_stays_animated_and_as_long() -> None:
    data = sample.animation((500, 400), 12, noisy=True)
    assert len(data) > 2_000_000

    picture = prepare_picture(data, "a.gif")
    image = opened(picture)
    shown = 0
    for frame in range(image.n_frames):
        image.seek(frame)
        shown += image.info["duration"]

    assert len(picture.data) <= TARGET_BYTES
    assert image.n_frames > 1
    assert shown == 12 * 80
    assert any("colours" in change for change in picture.changes)


def test_animated_webp_becomes_an_animated_gif() -> None:
    frames = [sample.flat((50, 50), colour) for colour in ("red", "green", "blue")]
    data = sample.encode(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=100, loop=0)

    picture = prepare_picture(data, "a.webp")

    assert (picture.extension, opened(picture).n_frames) == ("gif", 3)


def test_animation_that_cannot_be_made_small_is_refused_with_the_reason() -> None:
    with pytest.raises(UploadError, match="shorter") as refused:
        prepare_picture(sample.animation((250, 250), 150, noisy=True), "a.gif")
    assert refused.value.code == MediaCode.TOO_LARGE


def bomb() -> bytes:
    """A PNG of a few bytes that claims 40,000 × 40,000 pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        pytest.param(b"", MediaCode.EMPTY, "empty", id="empty"),
        pytest.param(b"hello", MediaCode.TYPE, "“x.jpg” cannot be read", id="text"),
        pytest.param(b"%PDF-1.7", MediaCode.TYPE, "JPEG, PNG, GIF or HEIC", id="pdf"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"/>', MediaCode.TYPE, "JPEG", id="svg"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", MediaCode.TYPE, "JPEG", id="eps"),
        pytest.param(sample.large_jpeg()[:20_000], MediaCode.TYPE, "damaged", id="cut short"),
        pytest.param(bomb(), MediaCode.TOO_LARGE, "too many pixels", id="bomb"),
        pytest.param(bytes(50_000_001), MediaCode.TOO_LARGE, "50.0 MB", id="too many bytes"),
        pytest.param(sample.animation((40, 40), 601), MediaCode.TOO_LARGE, "601 frames", id="too many frames"),
    ],
)
def test_what_is_no_picture_is_refused_with_the_reason(data: bytes, code: MediaCode, says: str) -> None:
    with pytest.raises(UploadError, match=says) as refused:
        prepare_picture(data, "x.jpg")
    assert refused.value.code == code


@pytest.mark.parametrize("cut", [6, 14, 40, 200])
def test_gif_that_breaks_off_is_no_whole_gif(cut: int) -> None:
    with pytest.raises(ValueError, match="GIF"):
        without_notes(sample.animation((60, 40), 3)[:cut])
