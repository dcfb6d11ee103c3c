"""A sign-in provider on loopback: everything that OpenID Connect asks for, and a page to choose who one is."""

import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.routing import Route

CLIENT_ID = "mms"


class Provider:
    """`people` maps a name on the provider's page to the claims of that person."""

    def __init__(self, url: str, people: dict[str, dict[str, Any]]) -> None:
        self.url = url
        self.people = people
        self.key = RSAKey.generate_key(2048, {"kid": "1", "alg": "RS256", "use": "sig"})
        self.codes: dict[str, tuple[str, str]] = {}  # code to person and nonce
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.configuration),
                Route("/authorize", self.choose),
                Route("/chosen", self.chosen),
                Route("/token", self.token, methods=["POST"]),
                Route("/keys", self.keys),
            ]
        )

    async def configuration(self, _request: Request) -> JSONResponse:
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def choose(self, request: Request) -> HTMLResponse:
        links = "".join(
            f'<p><a href="/chosen?{escape(urlencode({**request.query_params, "person": name}))}">{escape(name)}</a></p>'
            for name in self.people
        )
        return HTMLResponse(f"<h1>Who are you?</h1>{links}")

    async def chosen(self, request: Request) -> RedirectResponse:
        asked = request.query_params
        code = secrets.token_hex(8)
        self.codes[code] = (asked["person"], asked.get("nonce", ""))
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}", 303)

    async def token(self, request: Request) -> JSONResponse:
        form = parse_qs((await request.body()).decode())
        person, nonce = self.codes.pop(form["code"][0])
        now = int(time.time())
        claims = {"iss": self.url, "sub": person, "aud": CLIENT_ID, "iat": now, "exp": now + 600, "nonce": nonce}
        token = jwt.encode({"alg": "RS256", "kid": "1"}, claims | self.people[person], self.key)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "expires_in": 600, "id_token": token})

    async def keys(self, _request: Request) -> JSONResponse:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})


@contextmanager
def provider(people: dict[str, dict[str, Any]]) -> Iterator[Provider]:
    """Served on a free port until the end."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        running = Provider(f"http://127.0.0.1:{listener.getsockname()[1]}", people)
        server = uvicorn.Server(uvicorn.Config(running.app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield running
        finally:
            server.should_exit = True
            thread.join()
