"""Text in a box: split into pieces of one font and direction, wrapped, and shrunk until it fits."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from PIL import ImageFont

from mms.picture_templates.bidirectional import in_visual_order, levels
from mms.picture_templates.fonts import FALLBACK, Face, face_of, has, is_invisible, loaded

_LINE = 1.25  # line height in font sizes
_STEP = 0.94  # each size tried is this part of the one before
_BETWEEN_WIDE = re.compile(r"(?<=[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff])(?=[\u2e80-\u9fff\uf900-\ufaff])")
_MARKS = frozenset({"Mn", "Mc", "Me"})
_SKIN_TONES = range(0x1F3FB, 0x1F400)


class MissingGlyphError(Exception):
    """No installed font has the character."""

    def __init__(self, character: str) -> None:
        super().__init__(character)
        self.character = character


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of one font and one direction."""

    text: str
    face: Face
    is_right_to_left: bool

    def font(self, pixels: int, weight: int) -> ImageFont.FreeTypeFont:
        """Its font at a size."""
        return loaded(self.face, pixels, weight)

    @property
    def direction(self) -> str:
        """As Raqm wants it."""
        return "rtl" if self.is_right_to_left else "ltr"


@dataclass(frozen=True, slots=True)
class Line:
    """Pieces from left to right, and how wide they are together in pixels."""

    pieces: tuple[Piece, ...]
    width: float


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands in a box: `pixels` is the font size that fitted."""

    lines: tuple[Line, ...]
    pixels: int
    line_height: int


def clean(text: str) -> str:
    """Composed, without control characters; line breaks stay."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
    spaced = "".join(" " if unicodedata.category(one) == "Zs" else one for one in composed)
    return "".join(one for one in spaced if one == "\n" or unicodedata.category(one) != "Cc").strip()


def fitting(text: str, family: str, weight: int, largest: int, least: int, room: tuple[int, int]) -> Layout | None:
    """The largest layout that fits into `room` (width, height in pixels); None when even the least size does not.

    Raises:
        MissingGlyphError: for a character that no font has.
    """
    pixels = largest
    while True:
        lines = tuple(_wrapped(text, family, weight, pixels, room[0]))
        height = _line_height(lines, pixels, weight)
        if all(line.width <= room[0] for line in lines) and height * len(lines) <= room[1]:
            return Layout(lines, pixels, height)
        if pixels <= least:
            return None
        pixels = max(least, min(pixels - 1, int(pixels * _STEP)))


def _line_height(lines: tuple[Line, ...], pixels: int, weight: int) -> int:
    """Room for the tallest ink: accents may be stacked above a letter."""
    tallest = round(pixels * _LINE)
    for piece in (piece for line in lines for piece in line.pieces):
        _, top, _, bottom = piece.font(pixels, weight).getbbox(piece.text, direction=piece.direction, anchor="ls")
        tallest = max(tallest, round(bottom - top))
    return tallest


def _wrapped(text: str, family: str, weight: int, pixels: int, width: int) -> Iterator[Line]:
    for paragraph in text.split("\n"):
        held = ""
        for word in _words(paragraph):
            longer = held + word
            if held and _line(longer.rstrip(), family, weight, pixels).width > width:
                yield _line(held.rstrip(), family, weight, pixels)
                held = word.lstrip()
            else:
                held = longer
        yield _line(held.rstrip(), family, weight, pixels)


def _words(paragraph: str) -> list[str]:
    """Pieces between which a line may break, each with the space before it."""
    return [part for word in re.findall(r"\s*\S+", paragraph) for part in _BETWEEN_WIDE.split(word)]


def _line(text: str, family: str, weight: int, pixels: int) -> Line:
    pieces = _pieces(text, family)
    width = sum(piece.font(pixels, weight).getlength(piece.text, direction=piece.direction) for piece in pieces)
    return Line(tuple(pieces), width)


def _pieces(text: str, family: str) -> list[Piece]:
    """Pieces in visual order. Marks, joiners and spaces go with the font of the letter before them."""
    level_of = levels(text)
    faces = _faces(text, family)
    found: list[tuple[Piece, int]] = []
    for (face, level), group in groupby(zip(text, faces, level_of, strict=True), key=lambda one: one[1:]):
        found.append((Piece("".join(one[0] for one in group), face, bool(level % 2)), level))
    return in_visual_order([piece for piece, _ in found], [level for _, level in found])


def _faces(text: str, family: str) -> list[Face]:
    faces: list[Face] = []
    for place, character in enumerate(text):
        before = faces[-1] if faces else None
        if is_invisible(character):
            faces.append(before or face_of(" ", family, text) or FALLBACK)
        elif before and _joins(text, place) and has(before, character):
            faces.append(before)
        elif face := face_of(character, family, text):
            faces.append(face)
        else:
            raise MissingGlyphError(character)
    return faces


def _joins(text: str, place: int) -> bool:
    """Whether the character belongs to the one before it: a mark, a skin tone, a part of a joined emoji."""
    character = text[place]
    is_mark = unicodedata.category(character) in _MARKS
    return is_mark or ord(character) in _SKIN_TONES or text[place - 1] == "\u200d"
