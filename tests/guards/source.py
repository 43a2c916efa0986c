"""Reads the project's own code: packages in their order, imports, templates."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "casework"
TEMPLATES = ROOT / "templates"

# From the top to the bottom. A package imports only from those further down.
ORDER = (
    "config",
    "web",
    "api",
    "lifecycle",
    "reports",
    "reminders",
    "housing",
    "residency",
    "documents",
    "clients",
    "accounts",
    "audit",
    "vault",
    "lib",
)
SIBLINGS = {frozenset({"web", "api"})}

# Modules that know no Django, no clock and no settings.
PURE = (
    "lib",
    "residency/rules",
    "documents/mrz",
    "housing/fit.py",
    "housing/occupancy.py",
    "housing/ranking.py",
    "housing/vacancy.py",
    "reports/age_groups.py",
    "reports/balance.py",
    "reports/periods.py",
    "reports/table.py",
    "reports/csv.py",
    "reports/xlsx.py",
    "accounts/roles.py",
    "vault/keyfile.py",
    "vault/errors.py",
)
# What pure modules may lean on where its work is their work.
PURE_LIBRARIES = frozenset({"dateutil", "holidays", "babel", "anyascii", "rapidfuzz", "numpy", "zoneinfo"})


@dataclass(frozen=True, slots=True)
class Import:
    path: Path
    line: int
    module: str
    is_late: bool

    @property
    def where(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}"


def python_files(under: Path = CODE) -> list[Path]:
    return sorted(path for path in under.rglob("*.py") if "migrations" not in path.parts)


def imports_of(path: Path) -> Iterator[Import]:
    """Yield every import of a file, relative ones resolved, those inside functions marked late."""
    tree = ast.parse(path.read_text("utf-8"), str(path))
    late = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    package = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(path, node.lineno, alias.name, id(node) in late)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            for alias in node.names:
                yield Import(path, node.lineno, f"{module}.{alias.name}", id(node) in late)


def package_of(module: str) -> str | None:
    """Return the package of ours that a dotted name lies in, or None."""
    parts = module.split(".")
    return parts[1] if parts[0] == "casework" and len(parts) > 1 else None


def may_import(importer: str, imported: str) -> bool:
    if importer == imported:
        return True
    if frozenset({importer, imported}) in SIBLINGS:
        return False
    return ORDER.index(importer) < ORDER.index(imported)
