"""`/join-words`: words that people text to come onto a list."""

from typing import Annotated

from fastapi import APIRouter, Request, Response, Security
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from mms.http.context import Context, context_of
from mms.http.middleware.authentication import DATABASE_SECONDS, KeyedRoute
from mms.http.routes.campaign_models import Name
from mms.http.routes.campaigns import user_of
from mms.http.routes.descriptions import answers
from mms.http.routes.models import MEDIA_COUNT, Url
from mms.http.routes.query_values import RecordId
from mms.join_words.described import described_words
from mms.join_words.words import ASK, WELCOME, NewWord, add_word, delete_word, join_word
from mms.lists.saved_lists import list_named

_KEYED = (400, 401, 405, 415, 429, 503)
_TEXT = Annotated[str, StringConstraints(max_length=1600, pattern=r"^[^\x00]*$")]
router = APIRouter(
    route_class=KeyedRoute, dependencies=[Security(HTTPBearer(auto_error=False))], tags=["People and recurring sends"]
)


class NewJoinWord(BaseModel):
    """A word and the list that it leads to."""

    model_config = ConfigDict(extra="forbid")

    word: Annotated[str, StringConstraints(min_length=1, max_length=20)] = Field(examples=["JOIN"])
    number: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = Field(
        default=None, description="The number that it is texted to; this installation's first when left out."
    )
    ask: _TEXT | None = Field(default=ASK, description="What asks for a YES first; null: the word alone is enough.")
    welcome: _TEXT = WELCOME
    mediaUrl: Annotated[list[Url], Field(max_length=MEDIA_COUNT)] = Field(default_factory=list)  # noqa: N815
    list: Name


class JoinWord(BaseModel):
    """A word as it stands, as `join-words --json` of the command line."""

    model_config = ConfigDict(extra="allow")

    id: int
    word: str
    number: str
    link: str = Field(description="Opens a message with the word typed in.")
    joined: int


@router.get("/join-words", operation_id="listJoinWords", summary="Words to join with", responses=answers(*_KEYED))
async def list_join_words(request: Request) -> list[JoinWord]:
    """By number and word."""
    context = context_of(request)
    return await context.threads.run(_all, context, seconds=DATABASE_SECONDS)


@router.post(
    "/join-words",
    operation_id="addJoinWord",
    summary="Let people join a list",
    status_code=201,
    responses=answers(*_KEYED, 403, 404, 409, 422),
)
async def add_join_word(request: Request, asked: NewJoinWord) -> JoinWord:
    """Who texts the word comes onto the list from then on."""
    context, by = context_of(request), user_of(request)

    def add() -> JoinWord:
        with context.ledger.read() as connection:
            list_id = list_named(connection, asked.list).id
        number = asked.number or next((one for one in context.senders if not one.startswith("MG")), "")
        new = NewWord(asked.word, number, list_id, asked.ask, asked.welcome, tuple(asked.mediaUrl))
        account_sid, mode = context.account_now().account_sid, context.settings.mode.value
        made = add_word(context.ledger, new, account_sid=account_sid, mode=mode, by=by)
        return next(one for one in _all(context) if one.id == made)

    made = await context.threads.run(add, seconds=DATABASE_SECONDS)
    context.worker.wake()
    return made


@router.delete(
    "/join-words/{word_id}",
    operation_id="deleteJoinWord",
    summary="Nobody joins with it any more",
    status_code=204,
    responses=answers(*_KEYED, 403, 404),
)
async def delete_join_word(request: Request, word_id: RecordId) -> Response:
    """Who joined stays in the list."""
    context, by = context_of(request), user_of(request)

    def work() -> None:
        with context.ledger.read() as connection:
            join_word(connection, word_id)
        delete_word(context.ledger, word_id, by=by)

    await context.threads.run(work, seconds=DATABASE_SECONDS)
    return Response(status_code=204)


def _all(context: Context) -> list[JoinWord]:
    with context.ledger.read() as connection:
        found = described_words(connection, context.account_now().account_sid)
    return [JoinWord.model_validate(one) for one in found]
