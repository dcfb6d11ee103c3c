"""The API as one FastAPI application; `web` mounts it path by path, so that Streamlit keeps the rest."""

from typing import Any

from fastapi import FastAPI

from mms.http.context import Context
from mms.http.middleware import error_responses as problems
from mms.http.routes import (
    campaigns,
    docs_page,
    health,
    join_words,
    links,
    messages,
    people,
    personal_pictures,
    pictures,
    recurring,
    reports,
    send_mms,
    webhooks,
)

VERSION = "1"
_ABOUT = """Sends picture messages (MMS) through the same sender, ledger, opt-out list and pace as the campaigns of
the dashboard. Keys are made on the Settings page or with `python -m mms api-keys add NAME`."""


class Api(FastAPI):
    """Describes itself without FastAPI's own form of errors, which this API never answers with."""

    def openapi(self) -> dict[str, Any]:
        """The description, made once."""
        if self.openapi_schema is None:
            made = super().openapi()
            made["servers"] = [{"url": "/", "description": "This installation"}]
            for call in (call for calls in made["paths"].values() for call in calls.values()):
                if "HTTPValidationError" in str(call["responses"].get("422")):
                    del call["responses"]["422"]
            for unused in ("HTTPValidationError", "ValidationError"):
                made["components"]["schemas"].pop(unused, None)
        assert self.openapi_schema is not None  # noqa: S101 - made by now
        return self.openapi_schema


def create_api(context: Context) -> FastAPI:
    """The application over a context."""
    app = Api(
        title="MMS Campaigns",
        version=VERSION,
        description=_ABOUT,
        docs_url=None,  # FastAPI's own pages load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.context = context
    problems.install(app)
    calls = (send_mms, messages, campaigns, people, recurring, join_words, personal_pictures, reports)
    for part in (*calls, health, docs_page, webhooks, pictures, links):
        app.include_router(part.router)
    return app
