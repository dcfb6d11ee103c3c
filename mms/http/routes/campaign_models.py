"""Campaigns in the API's words."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from mms.http.routes.models import MEDIA_COUNT, REFERENCE_LENGTH, Url
from mms.versions.version import Rule

_NO_NUL = r"^[^\x00]*$"
_NAME_LENGTH = 200
MOST_RECIPIENTS = 100_000  # of one JSON body; a CSV body may hold more

Name = Annotated[str, StringConstraints(min_length=1, max_length=_NAME_LENGTH, pattern=_NO_NUL)]
UtmWord = Annotated[str, StringConstraints(max_length=100, pattern=_NO_NUL)]


class CampaignOptions(BaseModel):
    """Everything about a campaign but its people; the names of the query where people come as CSV."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = Field(default=None, description="Name of the campaign.", examples=["Spring sale"])
    body: Annotated[str, StringConstraints(max_length=20_000, pattern=_NO_NUL)] = Field(
        default="",
        description="The text; {Column} is a merge field, {Column|fallback} with a default, {{ and }} are braces.",
        examples=["Hi {Name|there}, the sale has begun."],
    )
    mediaUrl: Url | Annotated[list[Url], Field(max_length=MEDIA_COUNT)] = Field(  # noqa: N815 - the contract's name
        default_factory=list, description="Address of a picture, or up to ten; merge fields are allowed."
    )
    pictureTemplate: Name | None = Field(  # noqa: N815
        default=None, description="A picture made for each person from this template of the dashboard."
    )
    sender: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=_NO_NUL)] | None = Field(
        default=None, alias="from", description="One of this installation's senders; its first one when left out."
    )
    at: Annotated[str, StringConstraints(max_length=40)] | None = Field(
        default=None, description="Start then: ISO 8601 with offset.", examples=["2030-12-01T10:00:00-05:00"]
    )
    notAfter: Annotated[str, StringConstraints(max_length=40)] | None = Field(  # noqa: N815
        default=None, description="Nobody gets it later than this: ISO 8601 with offset."
    )
    anyHour: bool = Field(default=False, description="Do not hold rows back outside their window.")  # noqa: N815
    allowRepeat: bool = Field(default=False, description="Send although these people got this before.")  # noqa: N815
    skipProblems: bool = Field(default=False, description="Go on without the rows to fix.")  # noqa: N815
    phoneColumn: Name | None = Field(default=None, description="The column that holds the numbers.")  # noqa: N815
    region: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$")] | None = Field(
        default=None, description="Country of numbers written without a country code.", examples=["US"]
    )
    includeNoConsent: bool = Field(  # noqa: N815
        default=False, description="Take in people whose consent column says no."
    )
    mediaCheck: bool = Field(default=True, description="Fetch the pictures first.")  # noqa: N815
    rate: Annotated[float, Field(ge=0, le=10_000)] | None = Field(
        default=None, description="Messages a second; 0: no pacing."
    )
    batchSize: Annotated[int, Field(ge=1, le=100_000)] | None = Field(default=None, description="Rows a batch.")  # noqa: N815
    maxInFlight: Annotated[int, Field(ge=1, le=1_000)] | None = Field(  # noqa: N815
        default=None, description="Requests to Twilio open at once."
    )
    links: Literal["own", "twilio"] | None = Field(
        default=None,
        description="Make links short and count clicks: over this installation, or by Twilio's Link Shortening.",
    )
    utm: dict[Literal["source", "medium", "campaign", "term", "content"], UtmWord] | None = Field(
        default=None, description="Said in links, with `links`: where a visit came from.", examples=[{"source": "mms"}]
    )
    reference: Annotated[str, StringConstraints(min_length=1, max_length=REFERENCE_LENGTH, pattern=_NO_NUL)] | None = (
        Field(default=None, description="Your own name for it: comes back with every message of it.")
    )

    @property
    def media_urls(self) -> tuple[str, ...]:
        """The media as a tuple."""
        return (self.mediaUrl,) if isinstance(self.mediaUrl, str) else tuple(self.mediaUrl)


class OtherVersion(BaseModel):
    """What some people try beside the campaign's own message; what is left out is as there."""

    model_config = ConfigDict(extra="forbid")

    body: Annotated[str, StringConstraints(max_length=20_000, pattern=_NO_NUL)] | None = Field(default=None)
    mediaUrl: Annotated[list[Url], Field(max_length=MEDIA_COUNT)] | None = Field(default=None)  # noqa: N815


class VersionTest(BaseModel):
    """How the version for the rest is found."""

    model_config = ConfigDict(extra="forbid")

    share: Annotated[float, Field(gt=0, lt=1)] = Field(default=0.2, description="Of the people who try them.")
    rule: Rule = Field(default=Rule.HAND, description="`hand`: by `POST /campaigns/{id}/choose`.")
    hours: Annotated[float, Field(ge=0, le=24 * 30)] = Field(default=4, description="After which the rule looks.")
    seed: Annotated[int, Field(ge=0, lt=2**31)] | None = Field(default=None, description="To draw the same again.")


class ChosenVersion(BaseModel):
    """Which version the rest gets."""

    model_config = ConfigDict(extra="forbid")

    version: Literal["A", "B", "C"]


class NewCampaign(CampaignOptions):
    """A campaign with its people: rows, or the name of a saved list or segment."""

    versions: Annotated[Sequence[OtherVersion], Field(max_length=2)] = Field(
        default=(), description="Versions B and C of the message, which some people try first."
    )
    test: VersionTest = Field(default_factory=VersionTest, description="About `versions`.")

    recipients: (
        Annotated[list[dict[str, str | int | float | bool | None]], Field(max_length=MOST_RECIPIENTS)] | None
    ) = Field(
        default=None,
        description="One object for each person: column to value.",
        examples=[[{"Phone": "+12025550123", "Name": "Ada"}]],
    )
    list: Name | None = Field(default=None, description="A saved list instead of `recipients`.")
    segment: Name | None = Field(default=None, description="A segment instead of `recipients`.")


class CampaignStatus(BaseModel):
    """One campaign, as `show --json` of the command line."""

    model_config = ConfigDict(extra="allow")

    id: int
    name: str
    state: str = Field(examples=["running"])
    mode: str = Field(examples=["practice"])
    sender: str = Field(alias="from")
    created_at: str
    started_at: str | None = None
    finished_at: str | None = None
    counts: dict[str, int] = Field(description="Rows by result; they add up to `rows`.")
    rows: int
    reference: str | None = Field(default=None, description="Your own name for it, where it has one.")


class CampaignRow(BaseModel):
    """One row of a campaign, in the words of the report."""

    id: int = Field(description="Number of the message (GET /messages/{id}).")
    row: int = Field(description="As a spreadsheet shows it: the header is row 1.")
    to: str | None
    result: str
    reason: str
    advice: str
    error_code: str
    message_sid: str | None
    attempts: int
    sent_at: str | None
    updated_at: str | None
    price: str | None
    columns: dict[str, str] = Field(description="What was uploaded.")


class CampaignRows(BaseModel):
    """Rows in the order of the file."""

    rows: list[CampaignRow]
    next: str | None = Field(description="The cursor of the next page; null on the last one.")


class Checked(BaseModel):
    """Why nothing was sent: a problem, and the object of `check --json` where rows are to be mended."""

    model_config = ConfigDict(extra="allow")

    success: bool = False
    message: str
    code: str
    rows: int | None = None
    ready: int | None = None
    problems: list[dict[str, Any]] | None = None
