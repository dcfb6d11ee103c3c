"""Column names as people spell them: one key for all spellings, and the nearest name for a wrong one."""

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

_COMPARED = 100  # characters of a name; comparing takes the square of the length
_IGNORED = frozenset("_-\u2010\u2011\u2012\u2013\u2212")


@lru_cache(maxsize=4096)
def squeeze(name: str) -> str:
    """The key under which all spellings of a column name meet: `First Name`, `first_name`, `firstName`.

    Case, white space, underscores, hyphens and invisible characters (categories Cf and Cc) do not count.
    """
    return "".join(
        character
        for character in unicodedata.normalize("NFKC", name).casefold()
        if not (
            character in _IGNORED
            or character.isspace()
            or unicodedata.category(character) in ("Cf", "Cc")
            or character == "\u180e"
        )
    )


def nearest_column(field: str, columns: Iterable[str]) -> str | None:
    """The column whose name is nearest to an unknown merge field; None when none is near."""
    wanted = squeeze(field)[:_COMPARED]
    by_key = {squeeze(column)[:_COMPARED]: column for column in columns}
    found = get_close_matches(wanted, list(by_key), n=1, cutoff=0.6)
    if found:
        return by_key[found[0]]
    inside = [column for key, column in by_key.items() if key and (key in wanted or wanted in key)]
    return inside[0] if len(inside) == 1 else None
