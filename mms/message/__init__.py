"""What a message says to each person: merge fields, fallbacks, media URLs as people type them, and the limits.

Knows values only, no files and no network: whether a picture can be fetched is asked in `mms.media`.
"""

from mms.message.content import (
    MAX_BODY,
    MAX_MEDIA,
    MessageTemplate,
    RenderedMessage,
    message_problems,
)
from mms.message.media_urls import MendedUrl, looks_like_url, mend_url, split_urls
from mms.message.names import nearest_column, squeeze
from mms.message.template import Template

__all__ = [
    "MAX_BODY",
    "MAX_MEDIA",
    "MendedUrl",
    "MessageTemplate",
    "RenderedMessage",
    "Template",
    "looks_like_url",
    "mend_url",
    "message_problems",
    "nearest_column",
    "split_urls",
    "squeeze",
]
