"""Animated pictures: kept animated as a GIF that carriers take, or refused with the reason."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from mms.errors import UploadError
from mms.media.check.messages import kilobytes
from mms.media.image.decoding import flattened, within
from mms.problems import MediaCode

_MOST_FRAMES = 600
_MOST_PIXELS = 150_000_000  # of all frames together: some seconds for each attempt
_STEPS = ((480, 1, 128), (480, 2, 128), (360, 2, 64), (320, 3, 64), (240, 4, 32))  # side, every nth frame, colours


@dataclass(frozen=True, slots=True)
class Animation:
    """An animated GIF; `changes` are sentences for the person."""

    data: bytes
    size: tuple[int, int]
    changes: tuple[str, ...] = ()


def is_animation(image: Image.Image) -> bool:
    """Whether there is more than one frame to play (a phone's JPEG or HEIC may hold several pictures, too)."""
    return image.format in {"GIF", "WEBP", "PNG", "AVIF"} and bool(getattr(image, "is_animated", False))


def fitting_animation(data: bytes, image: Image.Image, limit: int) -> Animation:
    """The animation in at most `limit` bytes: untouched when it fits, else smaller, with fewer frames and colours.

    Raises UploadError when it stays too large.
    """
    _require_bounded_work(image)
    if image.format == "GIF":
        bare = without_notes(data)
        if len(bare) <= limit:
            return Animation(bare, image.size)
    for side, every, colours in _STEPS:
        smaller = _encoded(image, side, every, colours)
        if len(smaller.data) <= limit:
            return smaller
    raise UploadError(
        f"This animation is too large: even much smaller it stays above {kilobytes(limit)}, and phones would show "
        "a still picture or nothing. Make it shorter, or upload a still picture.",
        code=MediaCode.TOO_LARGE,
    )


def _require_bounded_work(image: Image.Image) -> None:
    frames = getattr(image, "n_frames", 1)
    if frames > _MOST_FRAMES or frames * image.width * image.height > _MOST_PIXELS:
        raise UploadError(
            f"This animation has {frames} frames of {image.width} × {image.height} pixels, too many for a picture "
            "message. Make it shorter or smaller, and upload that.",
            code=MediaCode.TOO_LARGE,
        )


def _encoded(image: Image.Image, side: int, every: int, colours: int) -> Animation:
    frames, durations = [], []
    for frame, milliseconds in _frames(image, every):
        frames.append(_reduced(within(flattened(frame), side), colours))
        durations.append(milliseconds)
    loop = {"loop": image.info["loop"]} if "loop" in image.info else {}
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=durations, **loop)
    changes = [f"Reduced to {colours} colours."]
    if every > 1:
        changes.append(f"Kept every {_ORDINALS[every]} frame, at the same speed.")
    return Animation(file.getvalue(), frames[0].size, tuple(changes))


def _reduced(frame: Image.Image, colours: int) -> Image.Image:
    """To a palette, by the octree: a hundred times faster than the median cut on noisy frames."""
    return frame.convert("RGB").quantize(colours, method=Image.Quantize.FASTOCTREE)


_ORDINALS = {2: "second", 3: "third", 4: "fourth"}


def _frames(image: Image.Image, every: int) -> Iterator[tuple[Image.Image, int]]:
    """Every nth frame with the time that it and the ones left out were shown, in milliseconds."""
    count = getattr(image, "n_frames", 1)
    for start in range(0, count, every):
        image.seek(start)
        kept = image.convert("RGBA")
        shown = 0
        for index in range(start, min(start + every, count)):
            image.seek(index)
            shown += int(image.info.get("duration", 100))
        yield kept, shown


_EXTENSION, _PICTURE, _END = 0x21, 0x2C, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF
_LOOPING = (b"NETSCAPE2.0", b"ANIMEXTS1.0")  # the applications' blocks that say how often to repeat


def without_notes(gif: bytes) -> bytes:
    """The same GIF without comments, texts, other programs' data and whatever follows its end; not one pixel changes.

    Raises ValueError when it is not a whole GIF.
    """
    try:
        return b"".join(_wanted_blocks(gif))
    except IndexError:
        raise ValueError("the GIF breaks off") from None


def _wanted_blocks(gif: bytes) -> Iterator[bytes]:
    at = 13 + _colour_table(gif[10])
    yield gif[:at]
    while gif[at] != _END:
        start = at
        if gif[at] == _EXTENSION:
            at = _after_sub_blocks(gif, at + 2)
            loops = gif[start + 1] == _APPLICATION and gif[start + 3 : start + 14] in _LOOPING
            if not (gif[start + 1] == _CONTROL or loops):
                continue
        elif gif[at] == _PICTURE:
            at = _after_sub_blocks(gif, at + 11 + _colour_table(gif[at + 9]))
        else:
            raise ValueError("not a block of a GIF")
        yield gif[start:at]
    yield bytes([_END])


def _colour_table(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _after_sub_blocks(gif: bytes, at: int) -> int:
    while gif[at]:
        at += gif[at] + 1
    return at + 1
