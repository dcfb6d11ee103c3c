"""Why a row stands where it stands and what to do about it: one sentence each, from the tables that hold them."""

from dataclasses import dataclass
from functools import lru_cache

from mms.states import RowState, SkipReason
from mms.twilio_codes import explain
from mms.words import ROW_WORDS

DID_NOT_ARRIVE = (RowState.UNDELIVERED, RowState.FAILED, RowState.REFUSED)

STATE_ADVICE: dict[RowState, str] = {
    RowState.UNKNOWN: "Do not send it again yet. Press “Ask Twilio's log again” on the campaign's page first.",
    RowState.CANCELED: "Nothing went out. Send it in a new campaign if it is still wanted.",
}
"""States whose reason alone does not say what to do; the others need nothing done."""

SKIP_ADVICE: dict[SkipReason, str] = {
    SkipReason.OPTED_OUT: "Do not message this person. They can text START to come back.",
    SkipReason.DUPLICATE: "Nothing to do: the first row with this number stands for both.",
    SkipReason.RECENTLY_MESSAGED: "Send it later, or allow repeats when you start the campaign.",
    SkipReason.NOT_MENDED: "Fix the row and upload it again if this person should get the message.",
    SkipReason.TOO_LATE: "Send a new campaign if the offer still holds; start it earlier, or from a faster sender.",
    SkipReason.NO_CONSENT: "Do not message this person unless they agree. Their consent stands in your list.",
}


IN_DOUBT: dict[tuple[RowState, str], tuple[str, str]] = {
    (RowState.UNKNOWN, "unsettled"): (
        "Twilio did not answer, and its log cannot tell whether the message went out.",
        "Decide on the campaign's page: it went out, send it again, or leave it.",
    ),
    (RowState.SENT, "person_sent"): ("Twilio did not answer; a person decided that it went out.", ""),
    (RowState.CANCELED, "person_give_up"): (
        "Twilio did not answer, so it may have gone out; a person decided to leave it.",
        "Do not send it again unless the person says that nothing came.",
    ),
}
"""Rows that Twilio never answered for, by state and `rows.reason` (`manual_resolution`): reason and advice."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The columns `reason`, `advice` and `error_code` of the report; empty where there is nothing to say."""

    reason: str
    advice: str
    code: str


@lru_cache(maxsize=8192)
def explanation(
    state: str,
    reason: str | None,
    problem: str | None,
    problem_text: str | None,
    error_code: int | None,
    http_status: int | None,
) -> Explanation:
    """What a row's columns of the same names mean. A skipped row gives its skip code as the reason (contract)."""
    now = RowState(state)
    if now is RowState.SKIPPED:
        return Explanation(reason or "", problem_text or SKIP_ADVICE.get(_skip(reason), ""), problem or "")
    if now in DID_NOT_ARRIVE:
        if error_code is None and problem_text:
            return Explanation(problem_text, "", problem or "")
        known = explain(error_code, http_status)
        return Explanation(known.meaning, known.advice, "" if error_code is None else str(error_code))
    if doubt := IN_DOUBT.get((now, reason or "")):
        return Explanation(*doubt, "")
    return Explanation(ROW_WORDS[now].meaning, STATE_ADVICE.get(now, ""), "" if error_code is None else str(error_code))


def _skip(reason: str | None) -> SkipReason:
    return SkipReason(reason) if reason in frozenset(SkipReason) else SkipReason.NOT_MENDED
