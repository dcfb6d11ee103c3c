"""What becomes of people who text a word: asked, joined with their consent, welcomed; each message is taken once.

The periodic work goes over replies as they stand in the ledger, by whatever road they came. What a message does (its
line in `mms_joins`, the person in the list, the message to them) is one transaction: a kill leaves all or nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import floor

from sqlalchemy import Connection, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from mms.campaigns.single_message import SingleMessage, queue_single
from mms.join_words.words import JoinWord, all_words
from mms.ledger import Ledger, opt_outs
from mms.ledger.audit import note
from mms.ledger.tables import joins, list_people, lists, replies
from mms.opt_outs.keywords import plain_words
from mms.states import CampaignKind

BACK_SECONDS = 2 * 86_400.0
"""Replies older than that are not gone over: they came long before, or too late to be answered."""
_LONGEST = 40  # characters of a message that is nothing but a word
_ASK_AGAIN = 86_400.0
_YES = "yes"
_START = frozenset({"start", "unstop"})
_AT_ONCE = 500


class JoinResult(StrEnum):
    """What a message did."""

    ASKED = "asked"  # a YES is waited for
    JOINED = "joined"
    ALREADY = "already"  # asked or joined before: nothing is sent twice
    OPTED_OUT = "opted_out"  # they said STOP before and must text START first: nothing can be sent to them
    NO_LIST = "no_list"  # its list was deleted


@dataclass(frozen=True, slots=True)
class _Message:
    reply_id: int
    sid: str
    sender: str
    address: str
    body: str
    said: str  # in plain small letters
    at: float


def take_joins(ledger: Ledger, account_sid: str) -> int:
    """Go over new replies; returns how many of them were about joining. A periodic job, cheap without any word."""
    with ledger.read() as connection:
        words = {(one.address, one.word): one for one in all_words(connection, account_sid)}
        found = _new(connection, words, ledger.now(connection)) if words else []
    return sum(_take(ledger, words, message) for message in found)


def _new(connection: Connection, words: Mapping[tuple[str, str], JoinWord], now: float) -> list[_Message]:
    wanted = {word for _, word in words} | {_YES} | _START
    since = max(min(_begins(word) for word in words.values()), now - BACK_SECONDS)
    query = (
        select(replies.c.id, replies.c.message_sid, replies.c.sender, replies.c.address, replies.c.body, replies.c.at)
        .where(replies.c.at >= since, func.length(replies.c.body) <= _LONGEST)
        .where(or_(*(func.lower(replies.c.body).contains(word, autoescape=True) for word in sorted(wanted))))
        .where(~exists().where(joins.c.reply_id == replies.c.id))
        .order_by(replies.c.at, replies.c.id)
        .limit(_AT_ONCE)
    )
    read = [_Message(*one[:5], _said(one.body), one.at) for one in connection.execute(query)]
    return [one for one in read if one.said in wanted]


def _begins(word: JoinWord) -> float:
    """From when on messages count: Twilio's times are whole seconds."""
    return floor(word.created_at)


def _said(body: str) -> str:
    return " ".join(plain_words(body))


def _take(ledger: Ledger, words: Mapping[tuple[str, str], JoinWord], message: _Message) -> bool:
    try:
        with ledger.write() as connection:
            now = ledger.now(connection)
            found = _meant(connection, words, message)
            if found is None:
                return False
            word, is_confirmed = found
            result = _result(connection, word, message, is_confirmed=is_confirmed)
            values = {"reply_id": message.reply_id, "word_id": word.id, "recipient": message.sender}
            connection.execute(insert(joins).values(**values, result=result, at=message.at))
            if result is JoinResult.ASKED:
                _send(connection, now, word, message, word.ask or "", ())
            elif result is JoinResult.JOINED:
                _put_into_list(connection, now, word, message)
                _send(connection, now, word, message, word.welcome, word.welcome_media)
    except IntegrityError:  # PostgreSQL: another worker took it at this very moment
        return False
    return True


def _meant(
    connection: Connection, words: Mapping[tuple[str, str], JoinWord], message: _Message
) -> tuple[JoinWord, bool] | None:
    """The word that a message is about, and whether it confirms; None for an ordinary YES or START."""
    word = words.get((message.address, message.said))
    if word is not None:
        return (word, False) if message.at >= _begins(word) else None
    last = _last(connection, message)
    if last is None:
        return None
    by_id = {one.id: one for one in words.values()}
    word_id, result = last
    meant = by_id.get(word_id)
    if meant and result == JoinResult.ASKED and message.said == _YES:
        return meant, True
    # START (or its YES) after a word that came after STOP: what they asked for then can be done now.
    return (meant, False) if meant and result == JoinResult.OPTED_OUT else None


def _last(connection: Connection, message: _Message) -> tuple[int, str] | None:
    query = (
        select(joins.c.word_id, joins.c.result)
        .join(replies, replies.c.id == joins.c.reply_id)
        .where(joins.c.recipient == message.sender, replies.c.address == message.address)
        .where(joins.c.result != JoinResult.ALREADY, joins.c.at <= message.at)
    )
    found = connection.execute(query.order_by(joins.c.at.desc(), joins.c.id.desc()).limit(1)).one_or_none()
    return (found.word_id, found.result) if found else None


def _result(connection: Connection, word: JoinWord, message: _Message, *, is_confirmed: bool) -> JoinResult:
    if connection.execute(select(lists.c.id).where(lists.c.id == word.list_id)).first() is None:
        return JoinResult.NO_LIST
    if opt_outs.opted_out_among(connection, [message.sender]):
        return JoinResult.OPTED_OUT
    if _is_done_before(connection, word, message, JoinResult.JOINED, after=0.0):
        return JoinResult.ALREADY
    if word.ask is None or is_confirmed:
        return JoinResult.JOINED
    if _is_done_before(connection, word, message, JoinResult.ASKED, after=message.at - _ASK_AGAIN):
        return JoinResult.ALREADY
    return JoinResult.ASKED


def _is_done_before(
    connection: Connection, word: JoinWord, message: _Message, result: JoinResult, *, after: float
) -> bool:
    """Whether this word did that before, after the person's last STOP or START, and (joined) they are in the list."""
    since = max(after, opt_outs.last_change(connection, message.sender))
    query = select(joins.c.id).where(
        joins.c.word_id == word.id, joins.c.recipient == message.sender, joins.c.result == result, joins.c.at >= since
    )
    if result is JoinResult.JOINED:
        in_it = exists().where(list_people.c.list_id == word.list_id, list_people.c.recipient == message.sender)
        query = query.where(in_it)
    return connection.execute(query.limit(1)).first() is not None


def _put_into_list(connection: Connection, now: float, word: JoinWord, message: _Message) -> None:
    """The person with their consent, which is noted where none stood."""
    in_list = (list_people.c.list_id == word.list_id) & (list_people.c.recipient == message.sender)
    consent = {
        "consent_at": message.at,
        "consent_text": _consent(word, message),
        "consent_source": f"the word {word.word.upper()} texted to {word.address}",
    }
    if connection.execute(select(list_people.c.id).where(in_list)).first() is None:
        shared = {"list_id": word.list_id, "recipient": message.sender, "cells": {}, "days": {}}
        connection.execute(insert(list_people).values(**shared, **consent, added_at=now, updated_at=now))
    else:
        none_yet = list_people.c.consent_at.is_(None) & list_people.c.consent_text.is_(None)
        connection.execute(update(list_people).where(in_list, none_yet).values(**consent, updated_at=now))
    grown = {"version": lists.c.version + 1, "updated_at": now}
    connection.execute(update(lists).where(lists.c.id == word.list_id).values(**grown))
    note(connection, "join word", "list.join", at=now, subject=str(word.list_id), detail={"word": word.word})


def _consent(word: JoinWord, message: _Message) -> str:
    if message.said == word.word:
        return f"“{message.body.strip()}”"
    return f"“{word.word.upper()}”, confirmed with “{message.body.strip()}” to: {word.ask or ''}".rstrip(": ")


def _send(
    connection: Connection, now: float, word: JoinWord, message: _Message, text: str, media: tuple[str, ...]
) -> None:
    queue_single(
        connection,
        now,
        SingleMessage(
            recipient=message.sender,
            body=text.strip(),
            media_urls=media,
            sender_address=word.address,
            account_sid=word.account_sid,
            mode=word.mode,
            kind=CampaignKind.ANSWER,
            request_key=f"join-{message.sid}",
            created_by=f"the word {word.word.upper()}",
        ),
    )
