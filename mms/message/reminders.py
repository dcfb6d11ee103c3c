"""What good manners and carriers expect of a text: who writes, and how to stop it. Reminders, not legal advice."""

import re

_STOP = re.compile(r"\b(stop|opt[ -]?out|unsubscribe|quit|cancel|end|alto|arr[eê]t)\b", re.IGNORECASE)
_SENDER = re.compile(
    r"(^\s*[^\s:]{2,}[^:\n]{0,38}:\s)"  # "Corner Cup: ..."
    r"|\b(?:[Ff]rom|[Aa]t|[Bb]y|[Tt]eam|[Yy]our friends at)\s+(?:[Tt]he\s+)?[A-Z]"  # "From Corner Cup."
    r"|[-–—~]\s*(?:[Tt]he\s+)?[A-Z][\w&'’. ]{1,40}"  # "- The Corner Cup"
    # "Corner Cup." on its own, at the end or before the way to stop; one word alone may as well be "Thanks."
    r"|(?:^|[.!?…]\s+|\n\s*)(?!Reply|Text|Send|Thank)[A-Z][\w&'’]*(?:\s+(?:&|and|of|[A-Z][\w&'’]*)){1,4}\.?\s*"
    r"(?:$|(?=Reply\b|Text\b|STOP\b))"
)

NO_STOP = "The text does not say how to stop messages, such as “Reply STOP to opt out”. US carriers expect it."
NO_SENDER = "The text does not seem to say who it is from. People trust a message that names its sender."


def reminders(body: str) -> tuple[str, ...]:
    """Sentences for a body that has text; none for a picture alone."""
    if not body.strip():
        return ()
    return tuple(sentence for pattern, sentence in ((_SENDER, NO_SENDER), (_STOP, NO_STOP)) if not pattern.search(body))
