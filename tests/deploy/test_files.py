"""The files of `deploy/` agree with the application, with each other, and with the programs that read them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from casework.vault import keyfile

from .parts import DEPLOY, PYTHON, ROOT, UNITS, Unit, compose, example

NAMES = set(
    re.findall(r"""env\.\w+\(\s*"([A-Z_]+)\"""", (ROOT / "casework" / "config" / "settings.py").read_text("utf-8"))
)
# What the image sets for Python and the shell.
OF_OTHERS = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "LC_ALL"}


def found(program: str) -> str:
    path = shutil.which(program) or shutil.which(program, path=str(Path(sys.executable).parent))
    if path is None:
        pytest.skip(f"there is no {program} on this machine")
    return path


def test_the_table_of_settings_is_what_the_settings_read() -> None:
    table = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text("utf-8"), re.MULTILINE)

    assert sorted(table) == sorted(NAMES)


def test_the_example_and_compose_name_nothing_else() -> None:
    image = set(re.findall(r"^(?:ENV| {4})\s*([A-Z_]+)=", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE))

    assert set(example(comments=True)) <= NAMES
    assert set(compose()["x-app"]["environment"]) <= NAMES
    assert image - OF_OTHERS <= NAMES


def test_a_server_with_the_example_passes_the_deployment_checks(tmp_path: Path) -> None:
    keyfile.make(tmp_path / "keys.json")
    settings = example() | {"KEY_FILE": str(tmp_path / "keys.json"), "PATH": os.environ["PATH"]}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]

    done = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_the_example_of_backups_is_read_when_a_key_is_put_in() -> None:
    import json

    from casework.lifecycle.backups.plan import plan_of
    from casework.lifecycle.backups.sealing import new_identity

    said = json.loads(example(comments=True)["BACKUPS"].replace("age1...", new_identity()[1]))
    plan = plan_of(said)
    assert plan is not None
    writable = Unit(DEPLOY / "systemd" / "casework-backup.service")["Service"]["ReadWritePaths"]

    assert {f"-{plan.directory}", f"-{plan.keys_directory}"} == set(writable.split())
    assert {f"{path}:{path}" for path in (plan.directory, plan.keys_directory)} <= set(
        compose()["services"]["backup"]["volumes"]
    )


def test_the_image_is_built_from_the_locked_requirements_by_hash() -> None:
    text = (DEPLOY / "Dockerfile").read_text("utf-8")

    assert "--require-hashes --no-deps --only-binary=:all: --requirement requirements.txt" in text
    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == ["python:3.11.15-slim-bookworm"] * 2
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)


def test_whoever_reads_dockerfiles_has_nothing_to_say() -> None:
    done = subprocess.run([found("hadolint"), DEPLOY / "Dockerfile"], capture_output=True, text=True, check=False)

    assert done.stdout == ""
    assert done.returncode == 0


def test_compose_reads_its_file(tmp_path: Path) -> None:
    docker = found("docker")
    if subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("there is no plugin for compose on this machine")
    folder = tmp_path / "deploy"
    shutil.copytree(DEPLOY, folder)
    (folder / "casework.env").write_text((folder / "example.env").read_text())

    done = subprocess.run([docker, "compose", "--file", folder / "compose.yaml", "config", "--quiet"], capture_output=True, text=True, check=False)  # fmt: skip

    assert done.returncode == 0, done.stderr


def test_no_container_may_do_more_than_it_must() -> None:
    services = compose()["services"]

    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "healthcheck" in service, name
        assert service["ulimits"] == {"core": 0}, name
        assert service["logging"]["options"] == {"max-size": "20m", "max-file": "5"}, name
        assert re.search(r":\d+\.\d+(\.\d+)?(-\w+)?$", service["image"]), name
        if name not in ("db", "broker"):
            assert service["user"] == "10001:10001"


def test_only_the_pages_are_published_and_only_to_this_machine() -> None:
    content = compose()

    assert {name: it["ports"] for name, it in content["services"].items() if "ports" in it} == {
        "web": ["127.0.0.1:8000:8000"]
    }
    assert content["networks"]["inside"] == {"internal": True}
    for name in ("db", "broker", "prepare", "beat"):
        assert content["services"][name]["networks"] == ["inside"]
    # Whoever may name storage elsewhere in FILES_URL has its files copied by the backup as well.
    for name in ("worker", "backup"):
        assert content["services"][name]["networks"] == ["inside", "out"]


def test_the_database_of_compose_is_fit_when_it_listens_to_others_and_its_role_is_no_superuser() -> None:
    database = compose()["services"]["db"]
    made = (DEPLOY / "postgres" / "first-start.sh").read_text("utf-8")

    assert database["healthcheck"]["test"][2:4] == ["-h", "127.0.0.1"]
    assert "./postgres/first-start.sh:/docker-entrypoint-initdb.d/first-start.sh:ro" in database["volumes"]
    assert "POSTGRES_USER" not in database["environment"]
    assert re.search(r"^CREATE ROLE casework LOGIN PASSWORD :'password';$", made, re.MULTILINE)


def test_no_secret_is_written_into_compose() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")

    assert re.findall(r"postgres://\w+:[^@/\s]+@", text) == []
    assert set(compose()["secrets"]) == {"db_password", "pgpass"}


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_units_are_read_and_hardened(path: Path, tmp_path: Path) -> None:
    analyze = found("systemd-analyze")
    # A copy that finds our Python where that of a server would be.
    for each in (DEPLOY / "systemd").iterdir():
        (tmp_path / each.name).write_text(each.read_text("utf-8").replace(PYTHON, sys.executable))

    read = subprocess.run([analyze, "verify", tmp_path / path.name], capture_output=True, text=True, check=False)
    rated = subprocess.run([analyze, "security", "--offline=true", "--threshold=20", tmp_path / path.name], capture_output=True, text=True, check=False)  # fmt: skip

    complaints = [line for line in read.stderr.splitlines() if "casework" in line and "does not exist" not in line]
    assert complaints == []
    assert rated.returncode == 0, rated.stdout[-300:]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_no_unit_dumps_or_swaps_what_it_knows(path: Path) -> None:
    service = Unit(path)["Service"]

    assert (service["LimitCORE"], service["MemorySwapMax"], service["NoNewPrivileges"]) == ("0", "0", "yes")
    assert (service["User"], service["ProtectSystem"], service["UMask"]) == ("casework", "strict", "0077")


def test_units_and_compose_start_the_same_things() -> None:
    services = compose()["services"]

    def wanted(command: list[str]) -> list[str]:
        said = [part for part in command if not part.startswith(("python", "/opt", "0.0.0.0", "unix:"))]
        return [part for part in said if part not in ("--bind", "--umask", "0007", "--nightly", "01:30")]

    for path in UNITS:
        name = path.stem.removeprefix("casework-")
        assert wanted(Unit(path).command) == wanted(services[name]["command"]), name


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_proxies_read_their_files(name: str, tmp_path: Path) -> None:
    if name == "Caddyfile":
        command = [found("caddy"), "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "proxy" / name)]
    else:
        nginx = found("nginx")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-keyout", tmp_path / "key", "-out", tmp_path / "cert"], check=True, capture_output=True)  # fmt: skip
        text = (DEPLOY / "proxy" / name).read_text().replace("/etc/nginx/casework-proxy.conf", str(DEPLOY / "proxy" / "casework-proxy.conf"))  # fmt: skip
        text = re.sub(r"/etc/letsencrypt/\S+/fullchain.pem", str(tmp_path / "cert"), text)
        text = re.sub(r"/etc/letsencrypt/\S+/privkey.pem", str(tmp_path / "key"), text)
        text = text.replace("/var/log/nginx", str(tmp_path))
        (tmp_path / "whole.conf").write_text(f"pid {tmp_path}/pid; events {{}} http {{ {text} }}")
        command = [nginx, "-t", "-c", str(tmp_path / "whole.conf")]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
