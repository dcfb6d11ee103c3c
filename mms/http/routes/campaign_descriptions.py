"""How the calls about campaigns stand in /openapi.json."""

from typing import Any

from mms.http.routes.campaign_models import CampaignOptions, CampaignRows, CampaignStatus, Checked, NewCampaign
from mms.http.routes.descriptions import answers

_KEYED = (400, 401, 404, 405, 415, 429, 503)
_BODY_MODEL = NewCampaign.model_json_schema(ref_template="#/components/schemas/{model}")
_QUERY = [
    {
        "name": name,
        "in": "query",
        "required": False,
        "description": f"With a CSV body: {schema.get('description', '')}",
        "schema": {key: value for key, value in schema.items() if key != "description"},
    }
    for name, schema in CampaignOptions.model_json_schema()["properties"].items()
]
_AS_SHOWN = {"response_model_exclude_unset": True}  # no `reference` where there is none
_SHOWN = {"model": CampaignStatus, "description": "The campaign as it stands"}


def _call(operation_id: str, summary: str, *statuses: int, **others: Any) -> dict[str, Any]:
    return {
        "operation_id": operation_id,
        "summary": summary,
        "tags": ["Campaigns"],
        "responses": answers(*_KEYED, *statuses, **others),
    }


CREATE: dict[str, Any] = {
    **_call(
        "createCampaign", "Send a campaign", 403, 408, 409, 413, on_422={"model": Checked, "description": "To fix"}
    ),
    "status_code": 201,
    "response_model": CampaignStatus,
    "openapi_extra": {
        "parameters": _QUERY,
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": _BODY_MODEL},
                "text/csv": {"schema": {"type": "string"}, "example": "Phone,Name\n+12025550123,Ada\n"},
            },
        },
    },
}
LIST: dict[str, Any] = {
    **_call("listCampaigns", "Campaigns, newest first"),
    "response_model": list[CampaignStatus],
    **_AS_SHOWN,
}
SHOW: dict[str, Any] = {**_call("getCampaign", "One campaign"), "response_model": CampaignStatus, **_AS_SHOWN}
ROWS: dict[str, Any] = {**_call("listCampaignRows", "Rows of a campaign"), "response_model": CampaignRows}
REPORT: dict[str, Any] = _call(
    "getCampaignReport",
    "Report of a campaign as CSV",
    on_200={"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "The report"},
)
RETRY: dict[str, Any] = {
    **_call("retryCampaign", "Try failed rows again", 403, 409, 422),
    "status_code": 201,
    "response_model": CampaignStatus,
}


def steer(word: str) -> dict[str, Any]:
    """A call that changes what a campaign does next."""
    return {
        **_call(f"{word}Campaign", f"{word.capitalize()} a campaign", 403, 409),
        "response_model": CampaignStatus,
        **_AS_SHOWN,
    }
