"""Which call of the API came with which `Idempotency-Key`, and the message that it made."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from mms.ledger.tables import api_requests


@dataclass(frozen=True, slots=True)
class KeyedCall:
    """A call as its key remembers it; keys are apart for each API key and mode."""

    key_name: str
    mode: str
    idempotency_key: str
    body_sha256: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """The first call with a key: what it asked for, and its campaign."""

    body_sha256: str
    campaign_id: int


def remembered(connection: Connection, call: KeyedCall) -> Remembered | None:
    """The first call with this key, if there was one."""
    query = select(api_requests.c.body_sha256, api_requests.c.campaign_id).where(
        api_requests.c.key_name == call.key_name,
        api_requests.c.mode == call.mode,
        api_requests.c.idempotency_key == call.idempotency_key,
    )
    found = connection.execute(query).one_or_none()
    return None if found is None else Remembered(found.body_sha256, int(found.campaign_id))


def remember(connection: Connection, call: KeyedCall, campaign_id: int, *, at: float) -> None:
    """Keep the key with what it made. Raises IntegrityError when another call has it at this very moment."""
    connection.execute(
        api_requests.insert().values(
            key_name=call.key_name,
            mode=call.mode,
            idempotency_key=call.idempotency_key,
            body_sha256=call.body_sha256,
            campaign_id=campaign_id,
            created_at=at,
        )
    )


def free_key(connection: Connection, campaign_id: int) -> None:
    """The campaign never was, so its key may be used again."""
    connection.execute(delete(api_requests).where(api_requests.c.campaign_id == campaign_id))
