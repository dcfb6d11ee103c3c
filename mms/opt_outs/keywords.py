"""What a reply asks for. Twilio's own words, and wordings that the FCC calls reasonable: a person need not be exact.

Sources: Twilio's default keywords (REVOKE and OPTOUT too); FCC 47 CFR 64.1200(a)(10), any reasonable wording.
Only whole replies count, so that "stop by tomorrow?" keeps a customer on the list.
"""

import re
import unicodedata
from enum import StrEnum

from mms.campaigns.launch.senders import sender_kind


class Keyword(StrEnum):
    """A reply that the law or the carrier gives a meaning."""

    STOP = "stop"
    START = "start"
    HELP = "help"


_WORDS: dict[Keyword, frozenset[str]] = {
    Keyword.STOP: frozenset(
        (
            *("stop", "unsubscribe", "end", "quit", "stopall", "stop all", "revoke", "optout", "opt out", "cancel"),
            *("please stop", "stop please", "stop now", "stop texting", "stop texting me", "stop messaging me"),
            *("stop sending", "stop it", "unsubscribe me", "please unsubscribe", "opt me out", "remove me"),
            *("please remove me", "take me off", "take me off your list", "take me off the list", "do not text me"),
            *("dont text me", "no more texts", "no more messages", "leave me alone"),
            *("arret", "arretez", "arreter", "desabonner", "alto", "parar", "baja"),  # Canada, and Spanish in the US
        )
    ),
    Keyword.START: frozenset({"start", "unstop", "yes"}),
    Keyword.HELP: frozenset({"help", "info"}),
}
_BY_WORD = {word: keyword for keyword, words in _WORDS.items() for word in words}
_NOT_ON_TOLL_FREE = "yes"  # the toll-free network takes a block off for START and UNSTOP only


def keyword_of(body: str, opt_out_type: str | None, address: str) -> Keyword | None:
    """The keyword of a reply to `address`, or None when it is an ordinary answer.

    `opt_out_type` is Twilio's own reading, given when Advanced Opt-Out is on; it goes before ours.
    """
    if opt_out_type and opt_out_type.lower() in set(Keyword):
        return Keyword(opt_out_type.lower())
    words = plain_words(body)
    said = " ".join(words)
    if said == _NOT_ON_TOLL_FREE and address and sender_kind(address) == "toll_free":
        return None
    return _BY_WORD.get(said) or _emphatic_stop(words)


def plain_words(body: str) -> list[str]:
    """A reply in plain small letters: without accents, punctuation and emoji, full-width letters as usual ones."""
    plain = unicodedata.normalize("NFKD", body.casefold().replace("-", " "))
    return re.sub(r"[^\w\s]|_", "", plain).split()


def _emphatic_stop(words: list[str]) -> Keyword | None:
    """`STOP STOP STOP` and `S T O P`; nobody is taken back onto the list by such a reading."""
    is_spelled_out = all(len(word) == 1 for word in words)
    said = "".join(words) if is_spelled_out else words[0]
    is_emphatic = is_spelled_out or len(set(words)) == 1
    return Keyword.STOP if is_emphatic and _BY_WORD.get(said) is Keyword.STOP else None
