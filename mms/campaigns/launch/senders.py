"""The numbers and messaging services that campaigns send from; one ledger row each, shared by all entrances."""

import re

import phonenumbers
from sqlalchemy import Connection, select

from mms.delivery.sending.rate_limiter import DEFAULT_RATES
from mms.errors import CampaignError
from mms.ledger.tables import senders
from mms.settings import Settings

KIND_NAMES = {
    "long_code": "Local number",
    "toll_free": "Toll-free number",
    "short_code": "Short code",
    "service": "Messaging service",
}


def sender_kind(address: str) -> str:
    """`service`, `short_code`, `toll_free` or `long_code`, by the form of the address alone."""
    if address.startswith("MG"):
        return "service"
    if re.fullmatch(r"\d{3,8}", address):
        return "short_code"
    number = phonenumbers.parse(address, None)
    is_toll_free = phonenumbers.number_type(number) is phonenumbers.PhoneNumberType.TOLL_FREE
    return "toll_free" if is_toll_free else "long_code"


def default_rate(settings: Settings, address: str) -> float:
    """Messages a second from this sender when nobody chose another rate."""
    return DEFAULT_RATES[sender_kind(address)] if settings.rate is None else settings.rate


def chosen_address(settings: Settings, available: tuple[str, ...], wanted: str | None) -> str:
    """The sender to use: the wanted one, else the first available.

    Raises:
        CampaignError: code `no_sender`.
    """
    address = wanted or next(iter(available or settings.senders), None)
    if not address:
        raise CampaignError(
            "There is no number to send from. Set TWILIO_PHONE_NUMBER or TWILIO_MESSAGING_SERVICE_SID.",
            code="no_sender",
        )
    if not re.fullmatch(r"\+[1-9]\d{6,14}|MG[0-9a-fA-F]{32}|\d{3,8}", address):
        raise CampaignError(
            "The sender must be a number such as +12025550123, a short code, or a messaging service (MG…).",
            code="bad_sender",
        )
    return address


def ensure_sender(connection: Connection, account_sid: str, address: str) -> int:
    """The id of this account's sender, added on first use. Call inside a write transaction."""
    query = select(senders.c.id).where(senders.c.account_sid == account_sid, senders.c.address == address)
    found = connection.execute(query).scalar_one_or_none()
    if found is not None:
        return int(found)
    added = connection.execute(
        senders.insert()
        .values(account_sid=account_sid, address=address, kind=sender_kind(address))
        .returning(senders.c.id)
    )
    return int(added.scalar_one())
