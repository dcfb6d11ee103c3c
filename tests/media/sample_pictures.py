"""Pictures made on the spot: nothing binary in the repository, and each says what is special about it."""

import functools
import io
import random
import struct
import zlib

from PIL import Image


def flat(size: tuple[int, int] = (64, 48), colour: str = "teal") -> Image.Image:
    """One colour: packs to nearly nothing."""
    return Image.new("RGB", size, colour)


def noise(size: tuple[int, int], seed: int = 1) -> Image.Image:
    """Packs as badly as anything can."""
    return Image.frombytes("RGB", size, random.Random(seed).randbytes(size[0] * size[1] * 3))


def encode(image: Image.Image, image_format: str, **options: object) -> bytes:
    """The picture as a file."""
    file = io.BytesIO()
    image.save(file, image_format, **options)
    return file.getvalue()


def animation(size: tuple[int, int], frames: int, *, noisy: bool = False, **options: object) -> bytes:
    """An animated GIF; every frame differs."""
    pictures = [
        noise(size, seed).quantize(256, method=Image.Quantize.FASTOCTREE)
        if noisy
        else flat(size, f"hsl({seed * 37 % 360},80%,50%)").quantize(16)
        for seed in range(1, frames + 1)
    ]
    return encode(pictures[0], "GIF", save_all=True, append_images=pictures[1:], duration=80, loop=0, **options)


@functools.cache
def jpeg() -> bytes:
    """A small JPEG."""
    return encode(flat(), "JPEG")


@functools.cache
def png() -> bytes:
    """A small PNG."""
    return encode(flat(), "PNG")


@functools.cache
def pixel_bomb() -> bytes:
    """A PNG of 40,000 by 40,000 pixels, as far as its head says."""
    parts = [b"\x89PNG\r\n\x1a\n"]
    for name, data in ((b"IHDR", struct.pack(">IIBBBBB", 40_000, 40_000, 1, 0, 0, 0, 0)), (b"IEND", b"")):
        parts.append(struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)))
    return b"".join(parts)


@functools.cache
def gif() -> bytes:
    """A small still GIF."""
    return encode(flat(), "GIF")


@functools.cache
def webp() -> bytes:
    """A small WebP."""
    return encode(flat(), "WEBP")


@functools.cache
def heic() -> bytes:
    """A small HEIC, as telephones make them."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    return encode(flat(), "HEIF")


@functools.cache
def large_jpeg() -> bytes:
    """Between 600 KB and 5 MB."""
    return encode(noise((900, 900)), "JPEG", quality=90)
