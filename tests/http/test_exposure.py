"""Who may reach what: by Host header, by proxy, and by the address that the server listens on."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from mms.errors import MmsError
from mms.http.middleware.host_guard import HostGuard, allowed_hosts, refuse_open_door
from mms.http.middleware.security_headers import HEADERS, SecurityHeaders, policy_for
from mms.settings import settings_from

PUBLIC = {"PUBLIC_BASE_URL": "https://texts.example"}


async def served(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("served")


def ask(path, headers=None, *, kind="http", server="127.0.0.1", client="127.0.0.1", everyone=False, **settings):
    """The first message that a guarded app answers with, and its headers in plain text."""
    hosts = allowed_hosts(settings_from({"MMS_DATA_DIR": "unused", **settings}))
    app = Starlette(
        routes=[Route("/{path:path}", served)],
        middleware=[
            Middleware(SecurityHeaders, over_https=True),
            Middleware(
                HostGuard,
                hosts=hosts,
                everyone_may_enter=everyone,
                public_base_url=settings.get("PUBLIC_BASE_URL"),
            ),
        ],
    )
    sent = {"Host": "localhost:8501"} | (headers or {})
    raw = [(name.lower().encode(), value.encode()) for name, value in sent.items()]
    scope = {"type": kind, "method": "GET", "path": path, "headers": raw, "query_string": b""}
    scope |= {"server": (server, 8501), "client": (client, 50_000)}
    answers = []

    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(message):
        answers.append(message)

    asyncio.run(app(scope, receive, send))
    return answers[0]


def test_person_is_told_what_to_do_where_the_dashboard_does_not_open():
    start = ask("/", {"Host": "texts.example", "Accept": "text/html"}, **PUBLIC)
    assert start["status"] == 403
    assert dict(start["headers"])[b"content-type"].startswith(b"text/html")


@pytest.mark.parametrize(
    ("path", "headers", "answer"),
    [
        pytest.param("/", {}, 200, id="dashboard on this computer"),
        pytest.param("/", {"Host": "127.0.0.1:8501"}, 200, id="dashboard by address"),
        pytest.param("/", {"Host": "[::1]:8501"}, 200, id="dashboard by IPv6 address"),
        pytest.param("/", {"Host": "evil.example"}, 403, id="foreign host: DNS rebinding"),
        pytest.param("/", {"Host": "localhost.evil.example"}, 403, id="foreign host that begins like ours"),
        pytest.param("/", {"Host": "localhost:99999999"}, 200, id="port does not matter"),
        pytest.param("/", {"Host": "[::1"}, 403, id="malformed host"),
        pytest.param("/", {"Host": "texts.example"}, 403, id="dashboard by its public name without sign-in"),
        pytest.param("/", {"X-Forwarded-For": "192.0.2.1"}, 403, id="dashboard through a tunnel that rewrites Host"),
        *(
            pytest.param("/", {name: "192.0.2.1"}, 403, id=f"proxy that rewrites Host and sends {name} only")
            for name in ("X-Real-IP", "Via", "Forwarded", "CF-Connecting-IP", "X-Forwarded-Proto", "True-Client-IP")
        ),
        pytest.param("/_stcore/metrics", {"Host": "texts.example"}, 403, id="Streamlit's metrics by the public name"),
        pytest.param("/_stcore/host-config", {"X-Real-IP": "192.0.2.1"}, 403, id="host-config through a proxy"),
        pytest.param("/settings/_stcore/metrics", {"Host": "texts.example"}, 403, id="the same below a page"),
        pytest.param("/auth/logout", {"Sec-Fetch-Site": "cross-site"}, 403, id="sign-out by another page"),
        pytest.param("/auth/logout", {"Sec-Fetch-Site": "same-origin"}, 200, id="sign-out by our page"),
        pytest.param("/metrics", {"Host": "texts.example"}, 403, id="metrics by the public name"),
        pytest.param("/twilio/status", {"Host": "texts.example"}, 200, id="webhook by the public name"),
        pytest.param("/pictures/a.jpg", {"Host": "texts.example"}, 200, id="picture by the public name"),
        pytest.param("/send-mms", {"Host": "texts.example"}, 200, id="API by the public name"),
        pytest.param("/send-mms", {"Host": "evil.example"}, 403, id="API by a foreign name"),
        pytest.param("/health", {"Host": "10.0.0.7:8501"}, 200, id="health check by address"),
        pytest.param("/twilio/../", {"Host": "evil.example"}, 403, id="dots in the path"),
    ],
)
def test_who_reaches_what_without_sign_in(path, headers, answer):
    assert ask(path, headers, **PUBLIC)["status"] == answer


def test_dashboard_is_closed_on_a_network_address_even_when_the_host_says_localhost():
    assert ask("/", server="192.0.2.10")["status"] == 403


def test_dashboard_is_closed_to_a_peer_that_is_not_this_computer():
    assert ask("/", client="192.0.2.10")["status"] == 403


@pytest.mark.parametrize(
    ("origin", "passes"),
    [
        pytest.param("http://localhost:8501", True, id="our page"),
        pytest.param(None, True, id="no browser"),
        pytest.param("http://localhost:3000", False, id="another program's port on this computer"),
        pytest.param("http://localhost", False, id="no port"),
        pytest.param("https://evil.example", False, id="another page"),
        pytest.param("null", False, id="a page without an origin"),
    ],
)
def test_socket_opens_for_our_own_page_to_the_port(origin, passes):
    headers = {"Origin": origin} if origin else {}
    answer = ask("/_stcore/stream", headers, kind="websocket")
    assert (answer == {"type": "websocket.close", "code": 4403}) is not passes


def test_pages_of_ours_alone_ask_for_the_configuration_from_elsewhere():
    public = {"Host": "texts.example", "X-Forwarded-For": "192.0.2.1"}
    own = public | {"Sec-Fetch-Site": "same-origin"}
    assert ask("/_stcore/host-config", own, everyone=True, **PUBLIC)["status"] == 200
    assert ask("/_stcore/host-config", public, everyone=True, **PUBLIC)["status"] == 403
    assert ask("/_stcore/metrics", own, everyone=True, **PUBLIC)["status"] == 403


def test_with_sign_in_the_public_name_reaches_the_dashboard_and_a_foreign_one_does_not():
    public = {"Host": "texts.example", "X-Forwarded-For": "192.0.2.1"}
    assert ask("/", public, everyone=True, **PUBLIC)["status"] == 200
    assert ask("/", {"Host": "evil.example"}, everyone=True, **PUBLIC)["status"] == 403
    assert ask("/metrics", public, everyone=True, **PUBLIC)["status"] == 403
    assert ask("/metrics", everyone=True, **PUBLIC)["status"] == 200


def test_websocket_from_a_foreign_host_is_closed_before_streamlit_sees_it():
    answer = ask("/_stcore/stream", {"Host": "evil.example"}, kind="websocket")
    assert answer == {"type": "websocket.close", "code": 4403}


@pytest.mark.parametrize("host", ["localhost", "evil.example"])
def test_every_answer_carries_the_security_headers(host):
    answer = ask("/", {"Host": host})
    headers = {name.decode(): value.decode() for name, value in answer["headers"]}
    wanted = HEADERS | {"Content-Security-Policy": policy_for(host)}
    assert {name: headers.get(name.lower()) for name in HEADERS} == wanted
    assert "max-age" in headers["strict-transport-security"]


@pytest.mark.parametrize(
    ("address", "signs_in", "allowed", "starts"),
    [
        pytest.param("127.0.0.1", False, "", True, id="this computer"),
        pytest.param("localhost", False, "", True, id="this computer by name"),
        pytest.param(None, False, "", False, id="Streamlit's default: every interface"),
        pytest.param("0.0.0.0", False, "", False, id="every interface"),
        pytest.param("192.0.2.10", False, "", False, id="network address"),
        pytest.param("0.0.0.0", True, "", True, id="with sign-in"),
        pytest.param("0.0.0.0", False, "true", True, id="the operator says so, and under which name"),
        pytest.param("0.0.0.0", False, "false", False, id="the operator says no"),
    ],
)
def test_start_is_refused_where_everyone_would_be_admin(address, signs_in, allowed, starts):
    said = {"MMS_ALLOW_REMOTE_WITHOUT_SIGN_IN": allowed, "MMS_ALLOWED_HOSTS": "texts.example"}
    settings = settings_from({"MMS_DATA_DIR": "unused", **said})
    if starts:
        refuse_open_door(settings, address=address, signs_in=signs_in)
    else:
        with pytest.raises(MmsError, match="MMS_ALLOW_REMOTE_WITHOUT_SIGN_IN") as refused:
            refuse_open_door(settings, address=address, signs_in=signs_in)
        assert refused.value.code == "open_door"


@pytest.mark.parametrize("settings", [{}, PUBLIC, {"MMS_ALLOWED_HOSTS": "a.example"}], ids=["none", "public", "hosts"])
def test_host_list_is_never_any(settings):
    hosts = allowed_hosts(settings_from({"MMS_ALLOW_REMOTE_WITHOUT_SIGN_IN": "true", **settings}))
    assert "*" not in hosts
    assert len(hosts) == 3 + len(settings)


def test_open_door_without_a_name_is_refused_at_the_start():
    settings = settings_from({"MMS_ALLOW_REMOTE_WITHOUT_SIGN_IN": "true"})
    with pytest.raises(MmsError, match="MMS_ALLOWED_HOSTS"):
        refuse_open_door(settings, address="0.0.0.0", signs_in=False)
