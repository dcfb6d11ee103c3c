"""Why messages did not arrive, counted by Twilio's code, with what to do about each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select

from mms.ledger.tables import rows
from mms.reports.campaign.explanations import DID_NOT_ARRIVE
from mms.twilio_codes import CodeAdvice, Family, explain


@dataclass(frozen=True, slots=True)
class Failure:
    """All rows of a campaign that failed for one reason."""

    code: int | None
    count: int
    advice: CodeAdvice


def failures_by_reason(connection: Connection, campaign_id: int) -> list[Failure]:
    """The most frequent first. Rows that Twilio gave no code for are told apart by its HTTP status."""
    found = [
        Failure(code, count, explain(code, http_status))
        for _campaign, code, http_status, count in _counted(connection, [campaign_id])
    ]
    return sorted(found, key=lambda failure: (-failure.count, failure.code or 0))


def failures_by_family(connection: Connection, campaign_ids: Sequence[int]) -> dict[int, Counter[Family]]:
    """For each campaign, how many rows failed for a reason of each family."""
    families: dict[int, Counter[Family]] = {number: Counter() for number in campaign_ids}
    for campaign_id, code, http_status, count in _counted(connection, campaign_ids):
        families[campaign_id][explain(code, http_status).family] += count
    return families


def _counted(connection: Connection, campaign_ids: Sequence[int]) -> list[tuple[int, int | None, int | None, int]]:
    # With a code the status says nothing more; a refusal and a receipt with the same code are one reason.
    http_status = case((rows.c.error_code.is_(None), rows.c.http_status))
    key = (rows.c.campaign_id, rows.c.error_code, http_status)
    query = (
        select(*key, func.count())
        .where(rows.c.campaign_id.in_(campaign_ids), rows.c.state.in_(DID_NOT_ARRIVE))
        .group_by(*key)
    )
    return [(campaign, code, http, count) for campaign, code, http, count in connection.execute(query)]
