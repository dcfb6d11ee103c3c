"""The installed fonts, all under the SIL Open Font License, and which of them has a character.

A person's name meets a chain of fonts: the one of the layer, then one for each script. They come as packages,
so that every machine draws the same.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont

_NOTO = "manimgx_fonts"
_CJK = ("manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc")
# Faces of the collection: the same character has other strokes in Japan, Korea and China.
_JAPANESE, _KOREAN, _CHINESE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Face:
    """One font file, and which face of a collection."""

    package: str
    file: str
    index: int = 0

    @property
    def path(self) -> Path:
        """Where the installed file lies."""
        return Path(str(resources.files(self.package) / self.file))


_FAMILIES = {
    "sans": Face(_NOTO, "NotoSans[wght].ttf"),
    "italic": Face(_NOTO, "NotoSans-Italic[wght].ttf"),
    "serif": Face("fontpkg_noto_serif", "files/NotoSerif[wdth,wght].ttf"),
    "narrow": Face("fontpkg_oswald", "files/Oswald[wght].ttf"),
    "script": Face("fontpkg_pacifico", "files/Pacifico-Regular.ttf"),
}
FALLBACK = _FAMILIES["sans"]
_SCRIPTS = (
    "Arabic", "Hebrew", "Devanagari", "Thai", "Bengali", "Tamil", "Telugu", "Gujarati", "Gurmukhi", "Kannada",
    "Malayalam", "Sinhala", "Khmer", "Lao", "Myanmar", "Oriya", "Georgian", "Armenian", "Ethiopic", "Symbols",
)  # fmt: skip
_CHAIN = (
    FALLBACK,
    *(Face(_NOTO, f"NotoSans{script}[wght].ttf") for script in _SCRIPTS),
    Face(_NOTO, "NotoEmoji[wght].ttf"),
)
_REPLACEMENTS = frozenset("\ufffd\ufffc")  # what programs write for a letter that they lost
_INVISIBLE = frozenset({"Cf", "Cc", "Zs", "Zl", "Zp"})


@lru_cache(maxsize=64)
def loaded(face: Face, pixels: int, weight: int) -> ImageFont.FreeTypeFont:
    """The font at a size, shaped by Raqm; `weight` counts where the font has the axis."""
    font = ImageFont.truetype(str(face.path), pixels, index=face.index, layout_engine=ImageFont.Layout.RAQM)
    axes = _axes(face)
    if axes:
        font.set_variation_by_axes([_within(weight, axis) if axis[0] == "wght" else axis[2] for axis in axes])
    return font


def _within(weight: int, axis: tuple[str, float, float, float]) -> float:
    return min(max(weight, axis[1]), axis[3])


@cache
def _axes(face: Face) -> tuple[tuple[str, float, float, float], ...]:
    """Name, least, default and greatest value of each axis; none for a font that does not vary."""
    with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
        if "fvar" not in font:
            return ()
        return tuple((one.axisTag, one.minValue, one.defaultValue, one.maxValue) for one in font["fvar"].axes)


@cache
def _characters(face: Face) -> frozenset[int]:
    with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


def has(face: Face, character: str) -> bool:
    """Whether the font has the character."""
    return ord(character) in _characters(face)


def is_invisible(character: str) -> bool:
    """Whether it leaves no mark of its own: white space, joiners, direction marks, variation selectors."""
    return unicodedata.category(character) in _INVISIBLE or 0xFE00 <= ord(character) <= 0xFE0F


def face_of(character: str, family: str, text: str) -> Face | None:
    """The font for a character of `text`; None when no installed font has it."""
    if character in _REPLACEMENTS:
        return None
    first = _FAMILIES[family]
    if has(first, character):
        return first
    for face in _CHAIN:
        if has(face, character):
            return face
    asian = Face(*_CJK, _east_asian(text))
    return asian if has(asian, character) else None


def _east_asian(text: str) -> int:
    """Japanese where the text has kana, Korean where it has hangul, else Chinese."""
    for character in text:
        name = unicodedata.name(character, "")
        if name.startswith(("HIRAGANA", "KATAKANA")):
            return _JAPANESE
        if name.startswith("HANGUL"):
            return _KOREAN
    return _CHINESE
