"""The options of `send` about versions of the message."""

import secrets
from collections.abc import Callable
from typing import Any

import click

from mms.message import MessageTemplate
from mms.versions.version import NAMES, Rule

OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option("--version", "texts", multiple=True, metavar="T", help="Another text that some people try first."),
    click.option(
        "--version-media-url",
        "version_pictures",
        multiple=True,
        metavar="B=U",
        help="The picture of version B or C, instead of the first one's.",
    ),
    click.option("--test-share", type=click.FloatRange(1, 99), default=20.0, help="Per cent of the people who try."),
    click.option(
        "--test-rule",
        type=click.Choice([rule.value for rule in Rule]),
        default=Rule.HAND.value,
        help="By what the rest gets one.",
    ),
    click.option("--test-hours", type=click.FloatRange(0), default=4.0, help="After which the rule looks."),
)


def version_options(command: Callable[..., None]) -> Callable[..., None]:
    """Adds them to a command."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def versions_said(
    texts: tuple[str, ...], pictures: tuple[str, ...], share: float, rule: str, hours: float
) -> dict[str, Any]:
    """As the fields of a draft; braces without partner are said at once."""
    if len(texts) >= len(NAMES):
        raise click.UsageError(f"There can be {len(NAMES)} versions at most.")
    said: dict[str, Any] = {}
    for name, text in zip("bc", texts, strict=False):
        MessageTemplate.parse(text)
        said[f"version_{name}"] = text
    for one in pictures:
        name, is_there, url = one.partition("=")
        if not is_there or name not in NAMES[1:]:
            raise click.UsageError("--version-media-url names the version: B=https://...")
        key = f"version_{name.lower()}_media_urls"
        said[key] = (*said.get(key, ()), url)
    if not said:
        return {}
    test = {"test_on": True, "test_percent": share, "test_rule": rule, "test_hours": hours}
    return {**said, **test, "test_seed": secrets.randbelow(2**31)}
