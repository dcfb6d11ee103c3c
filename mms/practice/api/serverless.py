"""`serverless.twilio.com` and `serverless-upload.twilio.com`: hosting of files (Assets), with its refusals."""

from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mms.practice.account import ACCOUNT_SID
from mms.practice.api.asked import practice_of
from mms.practice.hosted_files import (
    MOST_BUILDS_AN_HOUR,
    MOST_BYTES,
    MOST_SERVICES,
    MOST_VERSIONS,
    HostedFiles,
)
from mms.practice.messages.refusals import Refusal

HOST, UPLOAD_HOST = "serverless.twilio.com", "serverless-upload.twilio.com"
Resource = dict[str, Any]


def routes() -> list[Route]:
    """Below the name of the host that each call was for."""
    service = f"/{HOST}/v1/Services/{{service}}"
    environment = f"{service}/Environments/{{environment}}"
    return [
        Route(f"/{HOST}/v1/Services", _services, methods=["GET", "POST"]),
        Route(service, _service, methods=["GET"]),
        Route(f"{service}/Environments", _environments, methods=["GET", "POST"]),
        Route(environment, _environment, methods=["GET"]),
        Route(f"{service}/Assets", _assets, methods=["POST"]),
        Route(f"{service}/Builds", _builds, methods=["POST"]),
        Route(f"{service}/Builds/{{build}}", _build, methods=["GET"]),
        Route(f"{environment}/Deployments", _deployments, methods=["GET", "POST"]),
        Route(f"/{UPLOAD_HOST}/v1/Services/{{service}}/Assets/{{asset}}/Versions", _versions, methods=["POST"]),
    ]


def served_file(files: HostedFiles, method: str, path: str) -> Response | None:
    """A public file, to anybody who asks for it; None for every other path."""
    found = files.served(path) if method in ("GET", "HEAD") else None
    if found is None:
        return None
    data, content_type = found
    headers = {"Content-Length": str(len(data)), "Cache-Control": "max-age=31536000"}
    return Response(b"" if method == "HEAD" else data, media_type=content_type, headers=headers)


async def _services(request: Request) -> Response:
    files = _files(request)
    if request.method == "GET":
        return _list("services", [_service_json(one) for one in files.services.values()])
    form = await request.form()
    name = str(form.get("UniqueName", ""))
    if any(one["unique_name"] == name for one in files.services.values()):
        raise Refusal(20409, status=409, text="Service with given unique name already exists")
    if len(files.services) >= MOST_SERVICES or practice_of(request).faults.plan.services_full:
        raise Refusal(20429, status=400, text="Maximum number of services reached")
    made = files.add("services", "ZS", unique_name=name, friendly_name=str(form.get("FriendlyName", "")))
    return JSONResponse(_service_json(made), 201)


async def _service(request: Request) -> Response:
    return JSONResponse(_service_json(_service_of(request)))


async def _environments(request: Request) -> Response:
    files, service = _files(request), _service_of(request)
    mine = [one for one in files.environments.values() if one["service_sid"] == service["sid"]]
    if request.method == "GET":
        return _list("environments", [_environment_json(request, one) for one in mine])
    form = await request.form()
    name = str(form.get("UniqueName", ""))
    if any(one["unique_name"] == name for one in mine):
        raise Refusal(20409, status=409, text="Environment with given unique name already exists")
    made = files.add("environments", "ZE", service_sid=service["sid"], unique_name=name)
    return JSONResponse(_environment_json(request, made), 201)


async def _environment(request: Request) -> Response:
    return JSONResponse(_environment_json(request, _environment_of(request)))


async def _assets(request: Request) -> Response:
    form = await request.form()
    made = _files(request).add(
        "assets", "ZH", service_sid=_service_of(request)["sid"], friendly_name=str(form.get("FriendlyName", ""))
    )
    return JSONResponse(_shown(made), 201)


async def _versions(request: Request) -> Response:
    files = _files(request)
    asset = files.assets.get(request.path_params["asset"])
    async with request.form() as form:
        content, path, visibility = form.get("Content"), str(form.get("Path", "")), str(form.get("Visibility", ""))
        if asset is None:
            raise Refusal(20404, path=request.url.path)
        if not isinstance(content, UploadFile) or not path.startswith("/") or len(path) > 255:
            raise Refusal(20001)
        data, content_type = await content.read(), content.content_type
    if len(data) > MOST_BYTES:
        raise Refusal(20001, status=413, text="Asset is too large")
    made = files.add(
        "versions",
        "ZN",
        asset_sid=asset["sid"],
        path=path,
        visibility=visibility,
        content_type=content_type or "application/octet-stream",
        sha256=files.store(data),
    )
    return JSONResponse(_shown(made), 201)


async def _builds(request: Request) -> Response:
    files, plan = _files(request), practice_of(request).faults.plan
    if plan.builds_used_up or files.builds_of_last_hour() >= MOST_BUILDS_AN_HOUR:
        raise Refusal(20429, text="Too many builds in the last hour")
    wanted = [str(one) for one in (await request.form()).getlist("AssetVersions")]
    if len(wanted) > MOST_VERSIONS or any(one not in files.versions for one in wanted):
        raise Refusal(20001)
    paths = [files.versions[one]["path"] for one in wanted]
    if len(paths) != len(set(paths)):
        raise Refusal(20001, text="Two versions have the same path")
    status = "failed" if plan.builds_failing else "completed"
    made = files.add("builds", "ZB", service_sid=_service_of(request)["sid"], versions=wanted, status=status)
    return JSONResponse({**_build_json(files, made), "status": "building"}, 201)


async def _build(request: Request) -> Response:
    files = _files(request)
    found = files.builds.get(request.path_params["build"])
    if found is None:
        raise Refusal(20404, path=request.url.path)
    return JSONResponse(_build_json(files, found))


async def _deployments(request: Request) -> Response:
    files, environment = _files(request), _environment_of(request)
    if request.method == "GET":
        mine = [one for one in files.deployments.values() if one["environment_sid"] == environment["sid"]]
        return _list("deployments", [_shown(one) for one in reversed(mine)])
    build_sid = str((await request.form()).get("BuildSid", ""))
    if files.builds.get(build_sid, {}).get("status") != "completed":
        raise Refusal(20001, text="The build is not completed")
    made = files.add("deployments", "ZD", environment_sid=environment["sid"], build_sid=build_sid)
    return JSONResponse(_shown(made), 201)


def _files(request: Request) -> HostedFiles:
    practice = practice_of(request)
    practice.calls["serverless"] += 1
    if practice.faults.plan.hosting_forbidden:
        raise Refusal(20403, status=403, text="Insufficient permissions")
    return practice.hosted_files


def _service_of(request: Request) -> Resource:
    """By SID or by unique name, as Twilio takes both."""
    wanted = request.path_params["service"]
    for one in _files(request).services.values():
        if wanted in (one["sid"], one["unique_name"]):
            return one
    raise Refusal(20404, path=request.url.path)


def _environment_of(request: Request) -> Resource:
    wanted = request.path_params["environment"]
    found = practice_of(request).hosted_files.environments.get(wanted)
    if found is None or found["service_sid"] != _service_of(request)["sid"]:
        raise Refusal(20404, path=request.url.path)
    return found


def _shown(made: Resource) -> Resource:
    at = datetime.fromtimestamp(made["created_at"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    plain = {name: value for name, value in made.items() if name != "created_at"}
    return {**plain, "account_sid": ACCOUNT_SID, "date_created": at, "date_updated": at}


def _service_json(service: Resource) -> Resource:
    return {**_shown(service), "include_credentials": False, "ui_editable": False}


def _environment_json(request: Request, environment: Resource) -> Resource:
    """The domain is this very server: links work from this computer, as Twilio's do from everywhere."""
    active = practice_of(request).hosted_files.active(environment["sid"])
    build_sid = active["build_sid"] if active else None
    return {**_shown(environment), "domain_name": request.url.netloc, "build_sid": build_sid}


def _build_json(files: HostedFiles, build: Resource) -> Resource:
    versions = [_shown(files.versions[one]) for one in build["versions"]]
    plain = {name: value for name, value in build.items() if name != "versions"}
    return {**_shown(plain), "asset_versions": versions, "function_versions": []}


def _list(key: str, items: list[Resource]) -> Response:
    meta = {"key": key, "page": 0, "page_size": 1000, "next_page_url": None, "previous_page_url": None}
    return JSONResponse({key: items, "meta": meta})
