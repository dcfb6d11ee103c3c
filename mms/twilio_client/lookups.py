"""Questions to Twilio that people and pollers wait for: the account, its senders, its message log. One at a time."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client
from urllib3.exceptions import MaxRetryError

from mms.errors import ProviderError
from mms.twilio_client.account import Account
from mms.twilio_client.hosts import http_client
from mms.twilio_client.next_page import next_page
from mms.twilio_client.provider_clock import ProviderClock
from mms.twilio_client.provider_message import MessagePage, ProviderMessage

_SECONDS = 15.0
_NO_ENTRY = frozenset({401, 403})
_NOT_TWILIO = (ValueError, TypeError, AttributeError, KeyError, RecursionError)  # what the SDK raises at other JSON
_WHY = {401: "forbidden", 403: "forbidden", 404: "not_found"}
PAGE_SIZE = 1000


@dataclass(frozen=True, slots=True)
class SenderReport:
    """One address that messages can go out from; `mms` is None when Twilio does not say."""

    address: str
    name: str
    mms: bool | None


@dataclass(frozen=True, slots=True)
class AccountReport:
    """What Twilio says about the account. `problems` are sentences for people; empty means all is well."""

    status: str | None
    is_trial: bool
    senders: tuple[SenderReport, ...]
    problems: tuple[str, ...]
    clock_ahead: float | None = None  # seconds by which this computer's clock is ahead of Twilio's, if that was told

    @property
    def is_usable(self) -> bool:
        """Whether messages can be sent at all."""
        return not self.problems


def check_account(account: Account, addresses: tuple[str, ...] = (), *, every_service: bool = False) -> AccountReport:
    """Sign in and look at the account, its numbers and services; `addresses` are those that settings name.

    Of messaging services only those of `addresses` are looked at, or with `every_service` all of the account's.

    Never raises: what is wrong stands in `problems`.
    """
    clock = ProviderClock()
    with_client = _client(account, clock)
    try:
        found = with_client.api.v2010.accounts(account.account_sid).fetch()
        names = _service_names(with_client) if every_service else dict.fromkeys(addresses, "Messaging service")
        senders = tuple(_senders(with_client, names))
    except (TwilioException, requests.RequestException, *_NOT_TWILIO) as error:
        return AccountReport(None, False, (), (_sentence(error),), clock.ahead)
    problems = [] if found.status == "active" else [f"Twilio says that this account is {found.status}."]
    problems += _sender_problems(senders, addresses)
    return AccountReport(str(found.status), found.type == "Trial", senders, tuple(problems), clock.ahead)


def sign_in_problem(account: Account) -> str | None:
    """Why nothing can be sent from this account, in a sentence; None when nothing speaks against it.

    Lenient on purpose: only a clear no (wrong credentials, an account that is not active) or a server that cannot
    be reached at all counts. Any other answer says nothing about sending.
    """
    try:
        found = _client(account).api.v2010.accounts(account.account_sid).fetch()
    except TwilioRestException as error:
        return _sentence(error) if error.status in _NO_ENTRY else None
    except requests.ConnectionError as error:
        reached = not isinstance(error.args[0] if error.args else None, MaxRetryError)
        return None if reached else _sentence(error)
    except (TwilioException, requests.RequestException, *_NOT_TWILIO):
        return None
    return None if found.status in (None, "active") else f"Twilio says that this account is {found.status}."


def fetch_message(account: Account, sid: str) -> ProviderMessage:
    """One message by its SID.

    Raises:
        ProviderError: code `not_found` or `unreadable` when it is this message alone, `forbidden` or `no_answer`.
    """
    value = _json(account, f"{account.base_url}{_messages_path(account)}/{sid}.json", {})
    try:
        return ProviderMessage.from_json(value)
    except ValueError:
        raise ProviderError("Twilio's answer about a message cannot be read.", code="unreadable") from None


def list_messages_page(
    account: Account,
    filters: Mapping[str, str],
    next_page_uri: str | None = None,
    clock: ProviderClock | None = None,
) -> MessagePage:
    """One page of the log, newest first; `filters` are Twilio's own (`To`, `From`, `DateSent>` ...).

    `clock` learns Twilio's time from the answer.

    Raises:
        ProviderError: code `forbidden` when Twilio does not let us in, else `no_answer`.
    """
    first = f"{account.base_url}{_messages_path(account)}.json"
    try:
        if next_page_uri:
            following = next_page(account.base_url, first, next_page_uri)
            return MessagePage.from_json(_json(account, following, {}, clock))
        return MessagePage.from_json(_json(account, first, {"PageSize": PAGE_SIZE, **filters}, clock))
    except ValueError as error:
        raise ProviderError(str(error), code="no_answer") from None


def pool_numbers(account: Account, service_sid: str) -> tuple[str, ...]:
    """The numbers of a messaging service. Raises ProviderError."""
    try:
        pool = _client(account).messaging.v1.services(service_sid).phone_numbers.list(limit=PAGE_SIZE)
        return tuple(str(number.phone_number) for number in pool)
    except (TwilioException, requests.RequestException, *_NOT_TWILIO) as error:
        raise ProviderError(_sentence(error), code="no_answer") from None


def _messages_path(account: Account) -> str:
    return f"/2010-04-01/Accounts/{account.account_sid}/Messages"


def _client(account: Account, clock: ProviderClock | None = None) -> Client:
    asking = http_client(account.base_url, timeout=_SECONDS)
    if clock:
        asking.session.hooks["response"].append(lambda answer, **_: clock.heard(answer.headers.get("Date")))
    return account.client(asking)


def _json(account: Account, url: str, params: Mapping[str, Any], clock: ProviderClock | None = None) -> Any:
    try:
        answer = _client(account).request("GET", url, params=dict(params))
        if clock:
            clock.heard((answer.headers or {}).get("Date"))
        if answer.status_code == 200:
            return json.loads(answer.text)
    except (requests.RequestException, ValueError, RecursionError) as error:
        raise ProviderError(_sentence(error), code="no_answer") from None
    code = _WHY.get(answer.status_code, "no_answer")
    raise ProviderError(f"Twilio answered {answer.status_code} when asked about messages.", code=code)


def _service_names(client: Client) -> dict[str, str]:
    """By SID; none when this account cannot list them: its numbers are still of use."""
    try:
        found = client.messaging.v1.services.list(limit=PAGE_SIZE)
    except TwilioException:
        return {}
    return {str(service.sid): str(service.friendly_name) for service in found}


def _senders(client: Client, names: Mapping[str, str]) -> Iterator[SenderReport]:
    for number in client.api.v2010.account.incoming_phone_numbers.list(limit=PAGE_SIZE):
        yield SenderReport(str(number.phone_number), str(number.friendly_name), _capability(number.capabilities, "mms"))
    for sid, name in names.items():
        if sid.startswith("MG"):
            pool = client.messaging.v1.services(sid).phone_numbers.list(limit=PAGE_SIZE)
            can = [_capability(number.capabilities, "MMS") for number in pool]
            yield SenderReport(sid, name, any(can) if can else False)


def _capability(capabilities: Any, name: str) -> bool | None:
    """Twilio gives a mapping for numbers and a list of names for the pool of a service."""
    if isinstance(capabilities, Mapping):
        return bool(capabilities.get(name))
    if isinstance(capabilities, list):
        return name in capabilities
    value = getattr(capabilities, name, None)
    return None if value is None else bool(value)


def _sender_problems(senders: tuple[SenderReport, ...], addresses: tuple[str, ...]) -> Iterator[str]:
    known = {sender.address: sender for sender in senders}
    for address in addresses:
        if address not in known:
            if address.startswith("+"):  # short codes are listed elsewhere
                yield f"{address} is not a number of this Twilio account."
        elif known[address].mms is False:
            yield f"{address} cannot send pictures (MMS). Choose another number in Twilio."


def _sentence(error: Exception) -> str:
    status = getattr(error, "status", None)
    if isinstance(error, TwilioException) and status is None and len(error.args) > 1:
        status = getattr(error.args[1], "status_code", None)  # a failed list call keeps its answer there
    if status in _NO_ENTRY:
        return "Twilio does not accept the account SID and token. Copy them again from the Twilio Console."
    if isinstance(error, TwilioRestException):
        return f"Twilio answered with error {error.code}."
    if isinstance(error, _NOT_TWILIO):
        return "What answered at Twilio's address is not Twilio. Check TWILIO_API_BASE_URL and the network."
    return f"Twilio could not be reached ({type(error).__name__}). Check the network connection."
