"""Which words there are: several for a number, each with its list."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from mms.campaigns.launch.senders import ensure_sender, sender_kind
from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.tables import join_words, joins
from mms.lists.saved_lists import saved_list
from mms.message import RenderedMessage
from mms.message.content import message_problems
from mms.opt_outs.keywords import keyword_of
from mms.roles import Permission, User, require

ASK = "Reply YES to get messages from us. Message and data rates may apply. Reply HELP for help, STOP to opt out."
WELCOME = "Welcome! You get messages from us from now on. Reply HELP for help, STOP to opt out."
_WORD = re.compile(r"[^\W_]{2,20}")


@dataclass(frozen=True, slots=True)
class NewWord:
    """What a person wants. `address` is the number that the word is texted to; `ask` None: the word alone is enough."""

    word: str
    address: str
    list_id: int
    ask: str | None = None
    welcome: str = WELCOME
    welcome_media: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JoinWord:
    """One word as it stands."""

    id: int
    account_sid: str
    mode: str
    address: str
    word: str
    list_id: int
    ask: str | None
    welcome: str
    welcome_media: tuple[str, ...]
    created_at: float
    created_by: str | None


def all_words(connection: Connection, account_sid: str) -> list[JoinWord]:
    """Every word of an account, by number and word."""
    query = select(join_words).where(join_words.c.account_sid == account_sid)
    return [_word(found) for found in connection.execute(query.order_by(join_words.c.address, join_words.c.word))]


def join_word(connection: Connection, word_id: int) -> JoinWord:
    """The one with this number. Raises CampaignError: code `no_such_word`."""
    found = connection.execute(select(join_words).where(join_words.c.id == word_id)).one_or_none()
    if found is None:
        raise CampaignError("There is no such word. It may have been deleted.", code="no_such_word")
    return _word(found)


def joined_counts(connection: Connection) -> dict[int, dict[str, int]]:
    """For each word how many messages had which result."""
    query = select(joins.c.word_id, joins.c.result, func.count()).group_by(joins.c.word_id, joins.c.result)
    counts: dict[int, dict[str, int]] = {}
    for word_id, result, count in connection.execute(query):
        counts.setdefault(word_id, {})[result] = count
    return counts


def add_word(ledger: Ledger, new: NewWord, *, account_sid: str, mode: str, by: User) -> int:
    """From then on people join with it; returns its number.

    Raises:
        CampaignError: codes `word` (reserved, or none), `word_taken`, `no_such_list`, `bad_sender`, or the code of what
            is wrong with a text.
        NotAllowed: this person may not send.
    """
    require(by, Permission.SEND)
    word = _good_word(new.word, new.address)
    for text, media in ((new.ask, ()), (new.welcome, new.welcome_media)):
        _require_text(text, media)
    with ledger.write() as connection:
        now = ledger.now(connection)
        saved_list(connection, new.list_id)
        ensure_sender(connection, account_sid, new.address)  # whose replies are asked for
        values = {
            "account_sid": account_sid,
            "mode": mode,
            "address": new.address,
            "word": word,
            "list_id": new.list_id,
            "ask": new.ask,
            "welcome": new.welcome,
            "welcome_media": list(new.welcome_media),
            "created_at": now,
            "created_by": by.name,
        }
        try:
            with connection.begin_nested():
                made = connection.execute(insert(join_words).values(**values).returning(join_words.c.id)).scalar_one()
        except IntegrityError:
            raise CampaignError(
                f"{word.upper()} is in use for this number already. Choose another word, or delete the other one.",
                code="word_taken",
            ) from None
        note(connection, by.name, "join_word.add", at=now, subject=str(made), detail={"word": word})
    return int(made)


def delete_word(ledger: Ledger, word_id: int, *, by: User) -> None:
    """Nobody joins with it any more; who joined stays in the list."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        if connection.execute(delete(join_words).where(join_words.c.id == word_id)).rowcount:
            note(connection, by.name, "join_word.delete", at=ledger.now(connection), subject=str(word_id))


def _good_word(text: str, address: str) -> str:
    word = text.strip().casefold()
    if not _WORD.fullmatch(word):
        raise CampaignError("The word is one word of 2 to 20 letters or digits, such as JOIN.", code="word")
    if keyword_of(word, None, "") is not None:
        raise CampaignError(
            f"{word.upper()} is reserved: carriers and Twilio give it a meaning of its own. Choose another word.",
            code="word",
        )
    if not address.startswith("+") and sender_kind_of(address) != "short_code":
        raise CampaignError("Choose the number that people text the word to.", code="bad_sender")
    return word


def sender_kind_of(address: str) -> str:
    """As `sender_kind`; blank where the address is none."""
    return sender_kind(address) if address.isdecimal() else ""


def _require_text(text: str | None, media: Sequence[str]) -> None:
    if text is None:
        return
    if found := message_problems(RenderedMessage(text.strip(), tuple(media))):
        raise CampaignError(found[0][1], code=found[0][0])


def _word(found: Row[tuple[object, ...]]) -> JoinWord:
    values = {name: found._mapping[name] for name in JoinWord.__slots__}
    return JoinWord(**{**values, "welcome_media": tuple(values["welcome_media"])})
