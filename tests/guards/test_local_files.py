"""What holds no state can be doubled: nobody writes files but the modules named here, each with a reason.

Whatever one web process writes and another or a worker reads goes through the database or through `documents.storage`.
"""

import ast
from pathlib import Path

import pytest

from .source import CODE, python_files

ALLOWED = {
    "documents/places.py": "sealed pictures in the folder, where no storage is named",
    "documents/receiving.py": "an upload while it is received: a nameless file of one request",
    "documents/pictures.py": "locks of the decoders of this machine",
    "reports/xlsx.py": "parts of a workbook, packed in memory",
    "audit/heads.py": "heads of the chain, on purpose apart from the database; one place for all machines, see docs/scale.md",
    "lifecycle/erasure/ledger.py": "erasures, on purpose apart from the backup; one place for all machines, see docs/scale.md",
    "reminders/channels/files.py": "messages outside production, where nothing leaves the machine",
    "vault/keyfile.py": "the key file, written by commands of the administrator",
    "web/status/counting.py": "counts of requests, of one server, which whoever watches asks for by server",
    "lifecycle/backups/folders.py": "backups, in the folders that the administrator names",
    "lifecycle/backups/files.py": "the same: sealed files, copied once; and put back by a restore",
    "lifecycle/backups/sealing.py": "the same",
    "lifecycle/backups/programs.py": "what a program of PostgreSQL says while it runs, in a nameless file",
    "lifecycle/backups/reading.py": "what pg_restore lists of a dump, in a nameless file",
    "lifecycle/backups/restoring.py": "what is put back on this machine, and lists for programs while they run",
    "config/prepare.py": "what bin/run says when it starts",
}
# Of a command whose file the administrator names and takes away.
COMMANDS = "management/commands"
# The embedded servers of one machine, without Django.
EMBEDDED = "config/embedded"

WRITES = {"write_text", "write_bytes", "mkdir", "touch", "mkstemp", "mkdtemp", "copyfile", "copytree", "makedirs"}
TEMPORARY = {"TemporaryFile", "NamedTemporaryFile", "TemporaryDirectory", "SpooledTemporaryFile", "FileSystemStorage"}


def writes_files(tree: ast.AST) -> bool:
    return any(_writes(node) for node in ast.walk(tree) if isinstance(node, ast.Call))


def _writes(call: ast.Call) -> bool:
    function = call.func
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    if name in WRITES | TEMPORARY or name == "fdopen":
        return True
    of_os = isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "os"
    if name != "open":
        return False
    if of_os:
        return any(isinstance(node, ast.Attribute) and node.attr in {"O_WRONLY", "O_RDWR"} for node in ast.walk(call))
    given = [*call.args, *(each.value for each in call.keywords if each.arg == "mode")]
    modes = [each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return any(mode and set(mode) <= set("rwxabt+") and set(mode) & set("wxa+") for mode in modes)


def writers() -> set[str]:
    found = set()
    for path in python_files(CODE):
        name = str(path.relative_to(CODE))
        if COMMANDS not in name and not name.startswith(EMBEDDED) and writes_files(ast.parse(path.read_text("utf-8"))):
            found.add(name)
    return found


def test_nobody_writes_files_but_those_who_say_why() -> None:
    assert writers() - set(ALLOWED) == set()


def test_nobody_is_allowed_who_does_not() -> None:
    assert set(ALLOWED) - writers() == set()


@pytest.mark.parametrize(
    "code", ["open(p, 'wb')", "path.open('a')", "os.open(p, os.O_WRONLY)", "path.write_text('x')", "TemporaryFile()"]
)
def test_the_guard_notices(code: str) -> None:
    assert writes_files(ast.parse(code))


@pytest.mark.parametrize("code", ["open(p)", "path.open('rb')", "deadlines.open()", "os.open(p, os.O_RDONLY)"])
def test_the_guard_lets_readers_pass(code: str) -> None:
    assert not writes_files(ast.parse(code))


def test_django_s_own_storage_of_files_is_used_by_nobody() -> None:
    """Its folder is of one machine."""
    used = [
        str(Path(path).relative_to(CODE))
        for path in python_files(CODE)
        if "default_storage" in (text := path.read_text("utf-8")) or "models.FileField" in text
    ]

    assert used == []
