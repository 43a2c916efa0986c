"""The description for people who are signed in: as a page that loads nothing from elsewhere, and as a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from casework.accounts.policy import Policy

from .description import description

SHOWN = ("get", "post")


@dataclass(frozen=True, slots=True)
class Field:
    path: str
    kind: str
    said: str
    is_needed: bool


@dataclass(frozen=True, slots=True)
class Call:
    key: str
    method: str
    path: str
    title: str
    said: str
    parameters: list[Field]
    sent: list[Field]
    answered: list[Field]
    statuses: list[tuple[str, str]]


@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """Hand out the description as a file, for programs that make clients from it."""
    return JsonResponse(description(), headers={"Content-Disposition": 'attachment; filename="openapi.json"'})


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Answer with the description to read."""
    return render(request, "api/docs.html", {"calls": list(_calls(description()))})


# Whoever is signed in may read how the interface works: nothing of any case stands in it.
for _view in (document, docs):
    _view.access_policy = Policy()  # type: ignore[attr-defined]  # as `web.decorators` declares it, which is a sibling


def _calls(made: Mapping[str, Any]) -> Iterator[Call]:
    schemas = made["components"]["schemas"]
    for path, methods in made["paths"].items():
        for method in SHOWN:
            if method in methods:
                yield _call(method, path, methods[method], schemas)


def _call(method: str, path: str, it: Mapping[str, Any], schemas: Mapping[str, Any]) -> Call:
    body = it.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    done: Mapping[str, Any] = next((each for status, each in it["responses"].items() if status.startswith("2")), {})
    contents: list[Mapping[str, Any]] = list(done.get("content", {}).values())
    answered = contents[0].get("schema") if contents else None
    return Call(
        key=it["operationId"],
        method=method.upper(),
        path=path,
        title=it["summary"],
        said=it.get("description", ""),
        parameters=[
            Field(each["name"], _kind(each["schema"]), each.get("description", ""), each["required"])
            for each in it["parameters"]
        ],
        sent=list(_fields(body, schemas)) if body else [],
        answered=list(_fields(answered, schemas)) if answered else [],
        statuses=[(status, each["description"]) for status, each in it["responses"].items()],
    )


def _fields(schema: Mapping[str, Any], schemas: Mapping[str, Any], before: str = "") -> Iterator[Field]:
    """Yield every value of a schema with the way to it, such as people[].family_name."""
    schema = _resolved(schema, schemas)
    if schema.get("type") == "array":
        yield from _fields(schema["items"], schemas, f"{before}[]")
        return
    for name, each in schema.get("properties", {}).items():
        path, inner = f"{before}.{name}" if before else name, _resolved(each, schemas)
        yield Field(path, _kind(inner), each.get("description", ""), name in schema.get("required", ()))
        if inner.get("type") in {"array", "object"}:
            yield from _fields(inner, schemas, path)


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a reference leads to; of several, the one that is not null."""
    if "$ref" in schema:
        return schemas[schema["$ref"].rsplit("/", 1)[-1]]  # type: ignore[no-any-return]  # the library gives plain values
    for each in schema.get("anyOf", ()):
        if each.get("type") != "null":
            return {**_resolved(each, schemas), "nullable": True}
    return schema


def _kind(schema: Mapping[str, Any]) -> str:
    """Return what a value is, such as "string (date), or null"."""
    words = schema.get("enum")
    if "const" in schema:
        words = [schema["const"]]
    kind = " | ".join(str(word) for word in words) if words else str(schema.get("type", ""))
    if form := schema.get("format"):
        kind += f" ({form})"
    return f"{kind}, null" if schema.get("nullable") else kind
