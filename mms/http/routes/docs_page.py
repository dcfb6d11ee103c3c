"""`GET /docs`: the API's description as one plain page, made from /openapi.json; no script, nothing from elsewhere."""

import json
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
pre { padding: .75rem; overflow-x: auto; border: 1px solid #8886; border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid #8884; }
section { margin-top: 2.5rem; }
"""


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """The page, with the address under which it was asked in its examples."""
    description = request.app.openapi()
    return HTMLResponse(page(description, str(request.base_url).rstrip("/")))


def page(description: dict[str, Any], base_url: str) -> str:
    """HTML of an OpenAPI description; every text in it is escaped."""
    about = description["info"]
    sections = "".join(
        _section(method, path, call, description, base_url)
        for path, calls in description["paths"].items()
        for method, call in calls.items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(about['title'])} API</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{escape(about['title'])} API</h1><p>{escape(about['description'])}</p>"
        '<p>For programs: <a href="/openapi.json">openapi.json</a></p>'
        f"{sections}</main></body></html>"
    )


def _section(method: str, path: str, call: dict[str, Any], description: dict[str, Any], base_url: str) -> str:
    answers = "".join(
        f"<tr><td>{escape(status)}</td><td>{escape(answer['description'])}</td></tr>"
        for status, answer in call["responses"].items()
    )
    return (
        f"<section><h2>{escape(call['summary'])}</h2><p><code>{method.upper()} {escape(path)}</code></p>"
        f"<p>{escape(call.get('description', ''))}</p>{_fields(call, description)}"
        f"<h3>Example</h3><pre>{escape(_curl(method, path, call, description, base_url))}</pre>"
        f"<h3>Answers</h3><table><thead><tr><th>Status</th><th>Meaning</th></tr></thead>"
        f"<tbody>{answers}</tbody></table></section>"
    )


def _fields(call: dict[str, Any], description: dict[str, Any]) -> str:
    schema = _body_schema(call, description)
    required = schema.get("required", [])
    rows = [
        (name, "yes" if name in required else "no", field.get("description", ""))
        for name, field in schema.get("properties", {}).items()
    ]
    rows += [
        (f"{given['name']} ({given['in']})", "yes" if given["required"] else "no", given.get("description", ""))
        for given in call.get("parameters", [])
    ]
    if not rows:
        return ""
    cells = "".join(f"<tr><td>{escape(n)}</td><td>{r}</td><td>{escape(d)}</td></tr>" for n, r, d in rows)
    return (
        "<h3>Fields</h3><table><thead><tr><th>Name</th><th>Required</th><th>Meaning</th></tr></thead>"
        f"<tbody>{cells}</tbody></table>"
    )


def _curl(method: str, path: str, call: dict[str, Any], description: dict[str, Any], base_url: str) -> str:
    lines = [f"curl -X {method.upper()} '{base_url}{path}'"]
    if call.get("security"):
        lines.append("-H 'Authorization: Bearer KEY'")
    fields = _body_schema(call, description).get("properties", {})
    example = {name: field["examples"][0] for name, field in fields.items() if "examples" in field}
    if example:
        lines.append("-H 'Content-Type: application/json'")
        lines.append(f"-d '{json.dumps(example)}'")
    return " \\\n  ".join(lines)


def _body_schema(call: dict[str, Any], description: dict[str, Any]) -> dict[str, Any]:
    content = call.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    schema: dict[str, Any] = description["components"]["schemas"].get(name, {})
    return schema
