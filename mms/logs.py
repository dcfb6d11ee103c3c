"""Logs of every process in one form: text for people, JSON for machines; no numbers, no texts, no tokens.

Lines of other libraries go through the same masking. `request_id` follows a call through this process; the
campaign's number, which both name, joins it to the worker's lines and to the receipt.
"""

import logging
import re
import sys
import unicodedata
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from mms.settings import Settings

_SECRET_NAMES = re.compile(
    r"token|secret|password|authorization|signature|api_?key$|^key$|^body$|cells|media_url|cookie", re.I
)
_HIDDEN = "[hidden]"
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+")
_INTERNATIONAL = re.compile(r"(?:\+|%2B)(\d)\d{3,10}(\d{4})(?!\d)", re.I)
_LOCAL = re.compile(r"(?<![\w.-])(?:1[ .-]?)?\(?[2-9]\d{2}\)?[ .-]?[2-9]\d{2}[ .-]?(\d{4})(?![\w-])")
_TALKATIVE = ("twilio.http_client", "twilio.async_http_client", "botocore", "urllib3", "aiohttp.access", "alembic")


def configure_logging(settings: Settings, stream: TextIO | None = None) -> None:
    """Send every log line of this process to `stream` (standard error), masked, in the settings' form and level."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        masked,
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,  # tests and reloads configure anew
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in _TALKATIVE:  # some name recipients in URLs, others say little in many lines
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "streamlit"):  # they bring handlers that would go past the masking
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        library.setLevel(logging.NOTSET)


def masked(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: hides what is secret by its name, and numbers wherever they stand."""
    for name, value in event.items():
        event[name] = _masked(name, value)
    return event


_OWN_KEY = re.compile(r"\bmms_[\w-]{16,}")
_URL_USER = re.compile(r"(?<=://)[^/\s@]+(?=@)")
_NAMED = re.compile(r"(?i)\b(\w*(?:token|secret|password|signature|api_?key))=[^\s&\"']+")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_GROUPED = re.compile(r"(?<![\w.])(?:\+|00)[ ()./-]{0,2}\d(?:[ ()./-]{0,3}\d){6,13}(?!\d)")
_LOOSE = re.compile(r"(?<![\w.-])(?:1[ .-]{0,3})?\(?[2-9]\d{2}\)?[ ./-]{0,3}[2-9]\d{2}[ ./-]{0,3}(\d{4})(?![\w-])")


def mask_text(text: str) -> str:
    """`text` with phone numbers as `+1******0123` and credentials of HTTP headers hidden."""
    if not text.isascii():  # digits of every script are digits
        text = "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)
    text = _BEARER.sub(rf"\1 {_HIDDEN}", text)
    text = _OWN_KEY.sub(_HIDDEN, _NAMED.sub(rf"\1={_HIDDEN}", _URL_USER.sub(_HIDDEN, text)))
    text = _ADDRESS.sub(_HIDDEN, text)
    text = _INTERNATIONAL.sub(r"+\1******\2", text)
    text = _GROUPED.sub(lambda found: "******" + re.sub(r"\D", "", found[0])[-4:], text)
    return _LOOSE.sub(r"******\1", _LOCAL.sub(r"******\1", text))


def _masked(name: str, value: Any) -> Any:
    if _SECRET_NAMES.search(name) and value is not None:
        return _HIDDEN
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, dict):
        return {key: _masked(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked("", item) for item in value]
    return value if isinstance(value, int | float | None) else mask_text(str(value))
