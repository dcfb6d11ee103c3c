"""The account, its numbers and its Messaging Services, read-only."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mms.practice.account import ACCOUNT_SID, NUMBERS, SERVICES, PhoneNumber, Service
from mms.practice.messages.create_request import e164
from mms.practice.messages.message import API_VERSION, rfc2822
from mms.practice.messages.refusals import Refusal

_BASE = f"/{API_VERSION}/Accounts/{ACCOUNT_SID}"
_OPENED = 1_767_225_600.0  # the practice account dates from 1 January 2026
_OPENED_ISO = "2026-01-01T00:00:00Z"


async def account(_request: Request) -> Response:
    """`GET Accounts/{Sid}.json`."""
    return JSONResponse(
        {
            "sid": ACCOUNT_SID,
            "friendly_name": "Practice account",
            "status": "active",
            "type": "Full",
            "owner_account_sid": ACCOUNT_SID,
            "date_created": rfc2822(_OPENED),
            "date_updated": rfc2822(_OPENED),
            "uri": f"{_BASE}.json",
            "subresource_uris": {"messages": f"{_BASE}/Messages.json"},
        }
    )


async def numbers(request: Request) -> Response:
    """`GET IncomingPhoneNumbers.json`, with Twilio's `PhoneNumber` filter (part of a number will do)."""
    part = e164(request.query_params.get("PhoneNumber", "")).lstrip("+")
    found = [_number(n) for n in NUMBERS.values() if part in n.number]
    uri = request.url.path
    return JSONResponse({"incoming_phone_numbers": found, "page": 0, "next_page_uri": None, "uri": uri})


async def number(request: Request) -> Response:
    """`GET IncomingPhoneNumbers/{Sid}.json`."""
    found = next((n for n in NUMBERS.values() if n.sid == request.path_params["sid"]), None)
    if found is None:
        raise Refusal(20404, path=request.url.path)
    return JSONResponse(_number(found))


async def services(request: Request) -> Response:
    """`GET /v1/Services` of messaging.twilio.com."""
    return JSONResponse(_page("services", [_service(request, s) for s in SERVICES.values()], request))


async def service(request: Request) -> Response:
    """`GET /v1/Services/{Sid}`."""
    return JSONResponse(_service(request, _found(request)))


async def service_numbers(request: Request) -> Response:
    """`GET /v1/Services/{Sid}/PhoneNumbers`: the pool."""
    pool = _found(request)
    return JSONResponse(_page("phone_numbers", [_pooled(request, pool, n) for n in pool.numbers], request))


def _found(request: Request) -> Service:
    found = SERVICES.get(request.path_params["sid"])
    if found is None:
        raise Refusal(20404, path=request.url.path)
    return found


def _number(own: PhoneNumber) -> dict[str, Any]:
    return {
        "sid": own.sid,
        "account_sid": ACCOUNT_SID,
        "phone_number": own.number,
        "friendly_name": own.name,
        "capabilities": {"voice": True, "sms": own.sms, "mms": own.mms, "fax": False},
        "status": "in-use",
        "beta": False,
        "api_version": API_VERSION,
        "address_requirements": "none",
        "origin": "twilio",
        "sms_url": "",
        "sms_method": "POST",
        "date_created": rfc2822(_OPENED),
        "date_updated": rfc2822(_OPENED),
        "uri": f"{_BASE}/IncomingPhoneNumbers/{own.sid}.json",
    }


def _service(request: Request, own: Service) -> dict[str, Any]:
    url = f"{request.base_url}v1/Services/{own.sid}"
    return {
        "sid": own.sid,
        "account_sid": ACCOUNT_SID,
        "friendly_name": own.name,
        "date_created": _OPENED_ISO,
        "date_updated": _OPENED_ISO,
        "sticky_sender": True,
        "mms_converter": True,
        "smart_encoding": True,
        "area_code_geomatch": True,
        "validity_period": 36000,
        "inbound_request_url": None,
        "status_callback": None,
        "use_inbound_webhook_on_number": False,
        "us_app_to_person_registered": True,
        "usecase": "marketing",
        "url": url,
        "links": {"phone_numbers": f"{url}/PhoneNumbers"},
    }


def _pooled(request: Request, pool: Service, own: PhoneNumber) -> dict[str, Any]:
    can = {"MMS": own.mms, "SMS": own.sms, "Voice": True}
    return {
        "sid": own.sid,
        "account_sid": ACCOUNT_SID,
        "service_sid": pool.sid,
        "phone_number": own.number,
        "country_code": "US",
        "capabilities": [name for name, able in can.items() if able],
        "date_created": _OPENED_ISO,
        "date_updated": _OPENED_ISO,
        "url": f"{request.base_url}v1/Services/{pool.sid}/PhoneNumbers/{own.sid}",
    }


def _page(key: str, items: list[dict[str, Any]], request: Request) -> dict[str, Any]:
    """A list of the newer APIs, which page with `meta`."""
    meta = {
        "key": key,
        "page": 0,
        "page_size": 50,
        "url": str(request.url),
        "first_page_url": str(request.url),
        "next_page_url": None,
        "previous_page_url": None,
    }
    return {key: items, "meta": meta}
