"""The API's words as typed models; FastAPI checks calls against them and describes them in /openapi.json."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

BODY_LENGTH = 1_600  # Twilio's limit; more gives its error 21617
MEDIA_COUNT = 10  # Twilio's limit; more gives its error 21623
REFERENCE_LENGTH = 255
_NO_NUL = r"^[^\x00]*$"  # PostgreSQL keeps no NUL in texts

Url = Annotated[str, StringConstraints(min_length=1, max_length=2_048, pattern=_NO_NUL)]


class SendMms(BaseModel):
    """One picture message. Braces in texts are plain braces: the API merges nothing."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)

    to: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=_NO_NUL)] = Field(
        description="The recipient: E.164, or any form that is clear in the installation's region.",
        examples=["+12025550123"],
    )
    body: Annotated[str, StringConstraints(min_length=1, max_length=BODY_LENGTH, pattern=_NO_NUL)] = Field(
        description="The text, sent as it is.", examples=["Your order is ready."]
    )
    media_url: Url | Annotated[list[Url], Field(min_length=1, max_length=MEDIA_COUNT)] = Field(
        alias="mediaUrl",
        description="Public https address of a picture, or a list of up to ten.",
        examples=["https://pictures.example/order.jpg"],
    )
    sender: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=_NO_NUL)] | None = Field(
        default=None,
        alias="from",
        description="One of this installation's senders (number, short code or messaging service); its first one "
        "when left out.",
    )
    reference: Annotated[str, StringConstraints(min_length=1, max_length=REFERENCE_LENGTH, pattern=_NO_NUL)] | None = (
        Field(default=None, description="Your own name for it: comes back in every answer, and can be asked for.")
    )

    @property
    def media_urls(self) -> list[str]:
        """The media as a list."""
        return [self.media_url] if isinstance(self.media_url, str) else self.media_url


class Queued(BaseModel):
    """Twilio has the message; receipts follow (see GET /messages/{sid})."""

    success: Literal[True] = True
    message: str = "MMS queued successfully."
    sid: str = Field(examples=["MM00000000000000000000000000000000"])
    status: str = Field(description="Twilio's word.", examples=["queued"])
    reference: str | None = Field(default=None, description="Your own name for it.")


class Waiting(BaseModel):
    """The message is committed and will be sent in its turn (see GET /messages/{id})."""

    success: Literal[True] = True
    message: str = "MMS queued successfully."
    id: int = Field(examples=[1042])
    status: Literal["queued"] = "queued"
    reference: str | None = Field(default=None, description="Your own name for it.")


class ListedMessage(BaseModel):
    """What this installation last heard about a message."""

    id: int = Field(description="This installation's own number of the message.", examples=[1042])
    sid: str | None = Field(default=None, description="Twilio's name of it; none until Twilio has taken it.")
    to: str | None = Field(default=None, description="The recipient, in E.164.")
    status: str = Field(
        description="Twilio's last word, or ours before Twilio has spoken: queued, accepted, sending, sent, "
        "delivered, undelivered, failed, refused, unknown, canceled.",
        examples=["delivered"],
    )
    twilio_code: int | None = Field(default=None, description="Twilio's error code, where there is one.")
    error: str | None = Field(default=None, description="What that code means.")
    reference: str | None = Field(default=None, description="Your own name for it.")
    campaign_id: int = Field(description="The campaign that it belongs to; one call of /send-mms is one of its own.")
    created_at: str = Field(description="When it was asked for: ISO 8601, UTC.")
    updated_at: str = Field(description="ISO 8601, UTC.")


class MessageStatus(ListedMessage):
    """The same as an answer of its own."""

    success: Literal[True] = True


class MessagePage(BaseModel):
    """Messages, newest first."""

    messages: list[ListedMessage]
    next: str | None = Field(description="The cursor of the next page; null on the last one.")


class Problem(BaseModel):
    """Why a call was not done. `code` is for programs and never changes; the words may."""

    model_config = ConfigDict(extra="allow")

    success: Literal[False] = False
    message: str
    code: str
    fields: list[str] | None = Field(default=None, description="Names of the fields to fix.")
    twilio_code: int | None = Field(default=None, description="Twilio's own error code, when Twilio refused.")
    error: str | None = Field(default=None, description="What Twilio's code means.")
    status: Literal["unknown"] | None = Field(default=None, description="`unknown`: the message may have gone out.")
    reference: str | None = Field(default=None, description="Your own name for the message, where the call had one.")


class Health(BaseModel):
    """The process is alive."""

    status: Literal["UP"] = "UP"
    version: str


class Readiness(BaseModel):
    """Whether messages would go out now; each part says `ok` or what is wrong.

    `clock` only warns, and so does `disk` until the disk is full.
    """

    status: Literal["READY", "NOT_READY"]
    database: str
    worker: str
    provider: str
    clock: str
    disk: str
