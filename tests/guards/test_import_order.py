"""Imports and foreign keys go one way."""

import sys

import pytest
from django.apps import apps

from .source import CODE, ORDER, PURE, PURE_LIBRARIES, imports_of, may_import, package_of, python_files


def test_every_package_has_its_place_in_the_order() -> None:
    packages = {path.name for path in CODE.iterdir() if path.is_dir() and path.name != "__pycache__"}

    assert packages <= set(ORDER)


def test_imports_go_one_way() -> None:
    upward = [
        f"{it.where}: {path.relative_to(CODE).parts[0]} imports {it.module}"
        for path in python_files()
        if len(path.relative_to(CODE).parts) > 1
        for it in imports_of(path)
        if (imported := package_of(it.module)) is not None
        and imported in ORDER
        and not may_import(path.relative_to(CODE).parts[0], imported)
    ]

    assert upward == []


def test_foreign_keys_point_the_same_way() -> None:
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        if (owner := package_of(model.__module__)) is not None
        for field in model._meta.get_fields()
        if field.concrete
        and field.related_model is not None
        and (target := package_of(field.related_model.__module__)) is not None
        and not may_import(owner, target)
    ]

    assert upward == []


def test_pure_modules_know_no_framework() -> None:
    allowed = set(sys.stdlib_module_names) | PURE_LIBRARIES
    pure = [path for path in python_files() if str(path.relative_to(CODE)).startswith(PURE)]
    strangers = [
        f"{it.where}: {it.module}"
        for path in pure
        for it in imports_of(path)
        if it.module.split(".")[0] not in allowed and not _is_pure(it.module)
    ]

    assert len(pure) > 10
    assert strangers == []


def test_starting_the_embedded_services_needs_no_django() -> None:
    strangers = [
        f"{it.where}: {it.module}"
        for path in python_files(CODE / "config" / "embedded")
        for it in imports_of(path)
        if it.module.split(".")[0] in {"django", "celery"}
    ]

    assert strangers == []


def test_the_product_needs_neither_its_tests_nor_its_measures() -> None:
    outside = [
        f"{it.where}: {it.module}"
        for path in python_files()
        for it in imports_of(path)
        if it.module.split(".")[0] in {"tests", "bench"}
    ]

    assert outside == []


def _is_pure(module: str) -> bool:
    path = "/".join(module.split(".")[1:])
    return module.startswith("casework.") and (
        path.startswith(PURE)
        or f"{path}.py" in PURE
        or any(entry.endswith(".py") and path.startswith(entry.removesuffix(".py")) for entry in PURE)
    )


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("web", "clients", True),
        ("clients", "web", False),
        ("clients", "clients", True),
        ("web", "api", False),
        ("residency", "reminders", False),
    ],
)
def test_the_order_is_the_one_of_the_architecture(importer: str, imported: str, allowed: bool) -> None:
    assert may_import(importer, imported) is allowed


def test_no_module_is_an_attic() -> None:
    attics = [
        path for path in python_files() if path.stem in {"utils", "util", "helpers", "common", "misc", "managers"}
    ]

    assert attics == []


def test_the_domain_uses_no_signals() -> None:
    receivers = [
        f"{it.where}: {it.module}"
        for path in python_files()
        for it in imports_of(path)
        if it.module.startswith(("django.dispatch", "django.db.models.signals", "django.core.signals"))
    ]

    assert receivers == []
