"""Who signed in, from the cookies of a request that goes past the pages (uploads)."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import Scope
from streamlit.web.server.starlette import starlette_websocket
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME


def claims_of(scope: Scope) -> Mapping[str, Any] | None:
    """The claims in Streamlit's signed cookie, as `st.user` has them; None without a valid one."""
    connection = HTTPConnection(scope)
    signed = starlette_websocket._get_signed_cookie_with_chunks(dict(connection.cookies), USER_COOKIE_NAME)
    if signed is None:
        return None
    origin = connection.headers.get("origin", "")
    found = starlette_websocket._parse_decoded_user_cookie(signed, origin)
    return found if found.get("is_logged_in") else None
