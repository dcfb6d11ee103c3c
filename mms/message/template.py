"""One text with merge fields, read once and then rendered for every row."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from mms.errors import MmsError
from mms.message.names import squeeze

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class Field:
    """A place that a row fills: the column's name as written, its key, and what stands there when the cell is blank."""

    name: str
    key: str
    fallback: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """`{Column Name}`, `{Column Name|fallback}`, and `{{`, `}}` for braces; see `parse`."""

    text: str
    parts: tuple[str | Field, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a template.

        Raises:
            MmsError: code `template`, when a brace has no partner or a field has no name.
        """
        parts: list[str | Field] = []
        at = 0
        for token in _TOKEN.finditer(text):
            parts.append(text[at : token.start()])
            parts.append(_part(token, text))
            at = token.end()
        parts.append(text[at:])
        return cls(text, tuple(part for part in parts if part != ""))

    @property
    def merge_fields(self) -> tuple[Field, ...]:
        """Every field in order, repeated ones too."""
        return tuple(part for part in self.parts if isinstance(part, Field))

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the columns used, in order, each once however it is spelled."""
        return distinct_names(self.merge_fields)

    def render(self, values: Mapping[str, str]) -> str:
        """The text for one row; keys of `values` are squeezed column names, absent ones count as blank."""
        return "".join(
            [part if isinstance(part, str) else values.get(part.key) or part.fallback or "" for part in self.parts]
        )

    def with_value(self, key: str, value: str) -> Self:
        """The template with one field filled in for good; its text stays what was written."""
        parts = tuple(value if isinstance(part, Field) and part.key == key else part for part in self.parts)
        return replace(self, parts=parts)

    def blank_fields(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """Names of the fields that are blank in this row and have no fallback."""
        return tuple(field.name for field in self.merge_fields if field.fallback is None and not values.get(field.key))


def distinct_names(fields: Iterable[Field]) -> tuple[str, ...]:
    """The name of each column once, in the order and spelling of its first use."""
    names: dict[str, str] = {}
    for field in fields:
        names.setdefault(field.key, field.name)
    return tuple(names.values())


def _part(token: re.Match[str], text: str) -> str | Field:
    found = token[0]
    if found in ("{{", "}}"):
        return found[0]
    if token[1] is None:
        near = text[max(0, token.start() - 10) : token.start() + 15]
        raise MmsError(
            f"The brace {found} near “{near}” has no partner. "
            f"Write a merge field as {{Column Name}}, or {found * 2} for a brace in the text.",
            code="template",
        )
    name, bar, fallback = token[1].partition("|")
    if not squeeze(name):
        raise MmsError("A merge field has no name: write a column's name between { and }.", code="template")
    return Field(name.strip(), squeeze(name), fallback if bar else None)
