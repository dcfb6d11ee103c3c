"""What the account is registered for: A2P campaigns, brands, toll-free verifications, and its balance. Read-only.

`registration_state` of the fault plan says how it stands: `verified`, `pending`, `failed`, `missing`, `forbidden`.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mms.practice.account import ACCOUNT_SID, NUMBERS, SERVICES, made_up_sid
from mms.practice.api.asked import practice_of
from mms.practice.messages.refusals import Refusal

_A2P = {"verified": "VERIFIED", "pending": "IN_PROGRESS", "failed": "FAILED"}
_TOLL_FREE = {"verified": "TWILIO_APPROVED", "pending": "IN_REVIEW", "failed": "TWILIO_REJECTED"}
_REASON = "The sample messages do not say how to opt out."


async def campaigns(request: Request) -> Response:
    """`GET /v1/Services/{Sid}/Compliance/Usa2p`."""
    state = _state(request)
    sid = request.path_params["sid"]
    if sid not in SERVICES:
        raise Refusal(20404, path=request.url.path)
    found = []
    if state in _A2P:
        found.append(
            {
                "sid": made_up_sid("QE", sid),
                "account_sid": ACCOUNT_SID,
                "messaging_service_sid": sid,
                "campaign_status": _A2P[state],
                "us_app_to_person_usecase": "MARKETING",
                "rate_limits": {"att": {"mps": 75, "msg_class": "T"}, "tmobile": {"brand_tier": "TOP"}},
                "errors": [{"error_code": 30897, "description": _REASON}] if state == "failed" else [],
            }
        )
    return _list("compliance", found)


async def brands(request: Request) -> Response:
    """`GET /v1/a2p/BrandRegistrations`."""
    status = "APPROVED" if _state(request) in _A2P else "FAILED"
    reason = None if status == "APPROVED" else "The tax number does not belong to this name."
    return _list("data", [{"sid": made_up_sid("BN", "brand"), "status": status, "failure_reason": reason}])


async def toll_free(request: Request) -> Response:
    """`GET /v1/Tollfree/Verifications`."""
    state = _state(request)
    wanted = request.query_params.get("TollfreePhoneNumberSid", "")
    mine = [one for one in NUMBERS.values() if one.sid == wanted] if state in _TOLL_FREE else []
    reason = _REASON if state == "failed" else None
    found = [
        {
            "sid": made_up_sid("HH", one.number),
            "tollfree_phone_number_sid": one.sid,
            "status": _TOLL_FREE[state],
            "rejection_reason": reason,
            "edit_allowed": True,
        }
        for one in mine
    ]
    return _list("verifications", found)


async def balance(request: Request) -> Response:
    """`GET Accounts/{Sid}/Balance.json`."""
    _state(request)
    return JSONResponse(
        {"account_sid": ACCOUNT_SID, "balance": practice_of(request).faults.plan.balance, "currency": "USD"}
    )


def _state(request: Request) -> str:
    state = practice_of(request).faults.plan.registration_state
    if state == "forbidden":
        raise Refusal(20003, status=403)
    return state


def _list(key: str, items: list[dict[str, Any]]) -> Response:
    meta = {"key": key, "page": 0, "page_size": 50, "next_page_url": None, "previous_page_url": None}
    return JSONResponse({key: items, "meta": meta})
