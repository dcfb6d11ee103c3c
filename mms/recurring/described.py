"""A recurring send as command line and API show it."""

from typing import Any

from sqlalchemy import Connection, select

from mms.ledger.tables import lists, segments
from mms.recurring.sends import RecurringSend, needs_approval, runs_of
from mms.reports.timestamps import iso


def described(connection: Connection, found: RecurringSend) -> dict[str, Any]:
    """One JSON object; a list or segment that was deleted is null."""
    rhythm = found.rhythm
    of_list = connection.execute(select(lists.c.name).where(lists.c.id == found.list_id)).scalar_one_or_none()
    of_segment = connection.execute(
        select(segments.c.name).where(segments.c.id == found.segment_id)
    ).scalar_one_or_none()
    return {
        "id": found.id,
        "name": found.name,
        "mode": found.mode,
        "state": found.state.value,
        "reason": found.reason,
        "list": of_list,
        "segment": of_segment,
        "every": rhythm.every.value if rhythm else None,
        "day": rhythm.day if rhythm else None,
        "at": rhythm.at if rhythm else None,
        "zone": found.zone,
        "messages": [{"body": step.body, "mediaUrl": list(step.media_urls), "days": step.days} for step in found.steps],
        "from": found.sender_address,
        "next_at": iso(found.next_at),
        "next_message": min(found.step + 1, len(found.steps)),
        "needs_approval": needs_approval(connection, found),
        "created_at": iso(found.created_at),
        "created_by": found.created_by,
        "runs": [
            {
                "due_at": iso(run.due_at),
                "result": run.result.value,
                "reason": run.reason,
                "campaign_id": run.campaign_id,
            }
            for run in runs_of(connection, found.id)
        ],
    }
