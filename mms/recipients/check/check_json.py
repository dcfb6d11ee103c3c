"""The JSON of `check --json` (contract, "Command line")."""

from collections.abc import Iterable, Mapping
from typing import Any

from mms.recipients.check.checked_list import CheckedList, Verdict


def check_summary(
    checked: CheckedList,
    media: Iterable[Mapping[str, Any]] = (),
    *,
    seconds: float = 0.0,
    list_ready: bool = False,
) -> dict[str, Any]:
    """One object, ready for `json.dumps`; ready numbers only with `list_ready`; `media` as in the contract.

    People whose consent column says no count with those who opted out, because the contract's sum has no place of
    their own for them; how many they are stands in the warning `no_consent`.
    """
    counts = {verdict.value: count for verdict, count in checked.counts.items() if verdict is not Verdict.NO_CONSENT}
    counts[Verdict.OPTED_OUT.value] += checked.counts[Verdict.NO_CONSENT]
    summary: dict[str, Any] = {
        "rows": len(checked),
        "ready": checked.ready,
        "columns": {
            "phone": checked.phone_column,
            "merge": list(checked.merge_columns),
            "media": list(checked.media_columns),
        },
        "repairs": [{"kind": r.kind, "count": r.count, "example": r.example} for r in checked.repairs],
        "problems": [
            {"row": p.row, "column": p.column, "value": p.value, "code": p.code.value, "message": p.message}
            for p in checked.problems
        ],
        "counts": counts,
        "warnings": [{"kind": w.kind, "count": w.count, "message": w.sentence} for w in checked.warnings],
        "media": [dict(verdict) for verdict in media],
        "seconds": round(seconds, 3),
    }
    if list_ready:
        summary["ready_numbers"] = [[row, number] for row, number in checked.ready_numbers()]
    return summary
