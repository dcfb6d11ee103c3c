"""How many SMS a text makes: 160 GSM-7 characters or 70 others in one, 153 or 67 in each of several."""

# GSM 03.38, basic table and the extension whose characters count twice.
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("^{}\\[~]|€\f")


SINGLE_GSM, SEVERAL_GSM = 160, 153
SINGLE_OTHER, SEVERAL_OTHER = 70, 67


def segments(text: str) -> int:
    """The number of SMS segments, at least 1."""
    characters = set(text)
    if characters <= GSM_BASIC | GSM_EXTENDED:
        return _parts(len(text) + sum(c in GSM_EXTENDED for c in text), single=SINGLE_GSM, several=SEVERAL_GSM)
    return _parts(len(text.encode("utf-16-le", "surrogatepass")) // 2, single=SINGLE_OTHER, several=SEVERAL_OTHER)


def costly_character(text: str) -> str | None:
    """The first character outside the SMS alphabet, which makes the whole text hold 70 instead of 160."""
    return next((character for character in text if character not in GSM_BASIC | GSM_EXTENDED), None)


def _parts(length: int, *, single: int, several: int) -> int:
    return 1 if length <= single else -(-length // several)
