"""Who opened a link, as the ledger keeps it."""

from enum import StrEnum


class Who(StrEnum):
    """What a visit counts as."""

    PERSON = "person"
    PREVIEW = "preview"  # a phone or a chat program shows what is behind the link
    ROBOT = "robot"  # carriers, virus scanners, search engines, programs
