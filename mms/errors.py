"""Everything this package raises on purpose. The text of each is written for the person in marketing.

* MmsError
  + SettingsError    settings are missing or wrong; nothing was sent
  + UploadError      a file as a whole cannot be read; nothing was checked
  + CampaignError    what was asked does not fit the campaign's state or content; nothing changed
  + NotAllowed       this person may not do this
  + ProviderError    Twilio, or the road to it, failed outside of a campaign row (credentials, lookups)
"""

from collections.abc import Sequence


class MmsError(Exception):
    """Base of all; `code` is for programs, the text for people."""

    def __init__(self, message: str, *, code: str = "error") -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class SettingsError(MmsError):
    """All settings that are missing or malformed, named at once in `problems`."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("Some settings need attention: " + "; ".join(problems), code="settings")


class UploadError(MmsError):
    """The file cannot be used; `code` is one of the contract's file codes (`mms.problems.FileCode`)."""


class CampaignError(MmsError):
    """The request does not fit the campaign's state or content; nothing was changed."""


class NotAllowed(MmsError):  # noqa: N818 - reads as the sentence it is
    """The signed-in person's role does not allow this."""


class ProviderError(MmsError):
    """Twilio said no, or did not answer, to something that is not a message of a campaign."""
