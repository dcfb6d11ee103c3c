"""Data that is taken along from a page leaves a line in the audit trail at the click, not when the page is drawn."""

from collections.abc import Callable
from typing import TypeVar

from mms.access.traces import trace
from pages.components.wiring import services, who

T = TypeVar("T")


def traced(data: Callable[[], T], action: str, subject: str | None = None) -> Callable[[], T]:
    """The same data, and a line in the trail each time that it is made."""
    ledger, reader = services().ledger, who()

    def made() -> T:
        trace(ledger, reader, action, subject=subject)
        return data()

    return made
