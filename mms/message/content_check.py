"""What carriers filter, seen in a text before it is sent: each with Twilio's code and where Twilio says so.

Advice, never a verdict: words alone do not tell what a business sells, and nothing is kept from being sent for it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from mms.message.links import links_in, tagged

FILTERED = 30007
"""Twilio's code for a message that a carrier, or Twilio itself, held back as unwanted."""
MOST_LINKS = 2
_ERRORS = "https://www.twilio.com/docs/api/errors/"
_FORBIDDEN = "https://help.twilio.com/articles/360045004974"
_ADVICE = "https://help.twilio.com/articles/1260803966670"  # How do I prevent my messages from being filtered


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of advice about a text."""

    kind: str
    message: str
    example: str  # what could stand there instead
    source: str = f"{_ERRORS}{FILTERED}"

    @property
    def sentence(self) -> str:
        """All of it, for one line."""
        return f"{self.message} {self.example}"


SHORTENERS = frozenset(
    {
        *("bit.ly", "bitly.com", "tinyurl.com", "goo.gl", "ow.ly", "t.co", "is.gd", "buff.ly", "rebrand.ly", "cutt.ly"),
        *("rb.gy", "shorturl.at", "tiny.cc", "t.ly", "v.gd", "bl.ink", "short.io", "s.id", "lnkd.in", "dlvr.it"),
        *("soo.gd", "clck.ru", "qr.ae", "adf.ly", "shorte.st", "trib.al", "x.co", "po.st", "u.to", "urlz.fr", "n9.cl"),
    }
)
_STOP = re.compile(r"\b(stop|opt[ -]?out|unsubscribe|quit|cancel|end|alto|parar|arr[eê]t)\b", re.IGNORECASE)
_SENDER = re.compile(
    r"(^\s*[^\s:]{2,}[^:\n]{0,38}:\s)"  # "Corner Cup: ..."
    r"|\b(?:[Ff]rom|[Aa]t|[Bb]y|[Tt]eam|[Yy]our friends at)\s+(?:[Tt]he\s+)?[A-Z]"  # "From Corner Cup."
    r"|[-–—~]\s*(?:[Tt]he\s+)?[A-Z][\w&'’. ]{1,40}"  # "- The Corner Cup"
    # "Corner Cup." on its own, at the end or before the way to stop; one word alone may as well be "Thanks."
    r"|(?:^|[.!?…]\s+|\n\s*)(?!Reply|Text|Send|Thank)[A-Z][\w&'’]*(?:\s+(?:&|and|of|[A-Z][\w&'’]*)){1,4}\.?\s*"
    r"(?:$|(?=Reply\b|Text\b|STOP\b))"
)
_TOPICS: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (name, source, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for name, source, words in (
        (
            "sex and dating",
            f"{_ERRORS}30873",
            r"sex|sexy|porn\w*|xxx|nudes?|escorts?|hook ?ups?|onlyfans|adult (?:toys?|videos?|content)",
        ),
        (
            "cannabis and CBD",
            f"{_ERRORS}30459",
            r"cannabis|marijuana|cbd|thc|weed|dispensar(?:y|ies)|edibles|kush|delta[- ]?8|marihuana",
        ),
        (
            "tobacco and vapes",
            f"{_ERRORS}30469",
            r"tobacco|cigars?|cigarettes?|vap(?:e|es|ing)|e-?cig\w*|nicotine|hookahs?|kratom|tabaco|vapeo",
        ),
        (
            "alcohol",
            _FORBIDDEN,
            r"alcohol|vodka|whiske?y|tequila|rum|gin|liquor|beers?|wines?|happy hour|cerveza|vino|ron",
        ),
        (
            "weapons",
            _FORBIDDEN,
            r"guns?|firearms?|ammo|ammunition|rifles?|pistols?|fireworks?|explosives?|armas de fuego",
        ),
        (
            "gambling",
            _FORBIDDEN,
            r"casinos?|gambl\w+|sports? ?bets?|sportsbooks?|betting|poker|slot machines?|lottery|sweepstakes|jackpots?",
        ),
        (
            "loans, debts and quick money",
            _FORBIDDEN,
            r"payday|(?:cash|quick|student|personal) loans?|debt (?:relief|consolidation|collection|forgiveness)"
            r"|credit repair|crypto\w*|bitcoin|work from home|get rich|forex|pr[eé]stamos? r[aá]pidos?",
        ),
        (
            "prescription drugs",
            _FORBIDDEN,
            r"viagra|cialis|xanax|oxycodone|adderall|ozempic|prescription drugs?|weight loss pills?",
        ),
    )
)
_UPPER_LETTERS = 12  # fewer are a greeting or a name
_UPPER_SHARE = 0.7
_EXCLAIMED = re.compile(r"[!?]{3,}|[$]{2,}")
_FIELD = re.compile(r"\{[^{}]*\}")


def content_findings(body: str) -> tuple[Finding, ...]:
    """What to think about in a text with its merge fields, the gravest first; nothing for a picture alone."""
    if not body.strip():
        return ()
    return tuple(found for rule in _RULES for found in rule(body))


def _shorteners(body: str) -> Iterator[Finding]:
    hosts = ((urlsplit(tagged(link, "")).hostname or "").removeprefix("www.") for link in links_in(body))
    for host in dict.fromkeys(host for host in hosts if host in SHORTENERS):
        yield Finding(
            "public_shortener",
            f"{host} is a short link that anybody can make, and US carriers filter those.",
            "Write the whole address of your page, or choose short links on your own address.",
            _ADVICE,
        )


def _topics(body: str) -> Iterator[Finding]:
    text = _FIELD.sub(" ", body)
    for topic, source, words in _TOPICS:
        if found := words.search(text):
            yield Finding(
                "forbidden_topic",
                f"“{found[0]}” sounds like {topic}: US and Canadian carriers filter that, or ask for special leave.",
                "If you sell it, ask Twilio before you send. If not, another word is safer.",
                source,
            )


def _sender(body: str) -> Iterator[Finding]:
    if not _SENDER.search(body):
        yield Finding(
            "no_sender",
            "The text does not seem to say who it is from. People trust a message that names its sender.",
            "For example: “Corner Cup: your coffee is on us.”",
            _ADVICE,
        )


def _stop(body: str) -> Iterator[Finding]:
    if not _STOP.search(body):
        yield Finding(
            "no_opt_out",
            "The text does not say how to stop messages. US carriers expect it.",
            "For example: “Reply STOP to opt out.”",
            _ADVICE,
        )


def _capitals(body: str) -> Iterator[Finding]:
    text = _FIELD.sub(" ", body)
    for link in links_in(text):
        text = text.replace(link, " ")
    letters = [one for one in text if one.isalpha() and one.upper() != one.lower()]
    if len(letters) >= _UPPER_LETTERS and sum(map(str.isupper, letters)) > _UPPER_SHARE * len(letters):
        yield Finding(
            "all_capitals",
            "Nearly everything is in capital letters. Filters take that for spam.",
            "Write “Sale ends Sunday”, not “SALE ENDS SUNDAY”.",
        )
    if found := _EXCLAIMED.search(text):
        yield Finding(
            "shouting", f"“{found[0]}” looks like spam to filters.", "One mark says the same: “Last day today!”"
        )


def _many_links(body: str) -> Iterator[Finding]:
    if (count := len(links_in(body))) > MOST_LINKS:
        yield Finding(
            "many_links",
            f"There are {count} links in the text. Messages with many links are filtered more often.",
            "Keep the one that matters.",
        )


_RULES: tuple[Callable[[str], Iterator[Finding]], ...] = (_shorteners, _topics, _sender, _stop, _capitals, _many_links)
