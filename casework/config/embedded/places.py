"""Which directories hold the data and the sockets, and for whom they are private.

Data lie in `DATA_DIR`, else in `.data/` of the checkout. PostgreSQL refuses to run as root: for root it runs as another
user, who must be able to reach its data; from under a directory that is closed to others, they lie in /var/lib instead.
Sockets lie beside the data unless the path would be too long for the kernel; then in a private directory for run-time files.
"""

import dataclasses
import hashlib
import os
import pwd
import stat
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from .refusal import Refusal, not_writable

SOCKET_PATH_LIMIT = 107  # bytes in sockaddr_un.sun_path, less the closing zero
POSTGRES_SOCKET = "pg/.s.PGSQL.5432"
UNPRIVILEGED = ("postgres", "nobody")
# Made here, because whoever may pass through the directory above must not look into these.
KEPT = ("run", "logs", "keys", "media", "outgoing", "static")
OURS = "casework-data"  # the file that marks a directory as made by us


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ServerUser:
    """The user as whom PostgreSQL runs when we are root."""

    name: str
    uid: int
    gid: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where everything of one installation is."""

    checkout: Path
    home: Path
    sockets: Path
    server_user: ServerUser | None = None

    @property
    def run(self) -> Path:
        """Locks and the record of what runs."""
        return self.home / "run"

    @property
    def logs(self) -> Path:
        """One log for each process."""
        return self.home / "logs"

    @property
    def key_file(self) -> Path:
        """The keys that open what the database holds sealed."""
        return self.home / "keys" / "keys.json"

    def elsewhere(self) -> str:
        """Say where the sockets are, if they are not with the data."""
        return "" if self.sockets.is_relative_to(self.home) else f" and sockets in {self.sockets}"

    @property
    def postgres_sockets(self) -> Path:
        """The directory that PostgreSQL puts its socket in."""
        return self.sockets / "pg"

    @property
    def valkey_socket(self) -> Path:
        """The socket of Valkey."""
        return self.sockets / "vk" / "s"


def choose(
    *,
    checkout: Path,
    environ: Mapping[str, str],
    uid: int,
    serves_postgres: bool,
    lasting: Path = Path("/var/lib"),
) -> Places:
    """Choose and make the directories for a checkout. Raises Refusal where none is safe and writable."""
    user = server_user() if uid == 0 and serves_postgres else None
    named = environ.get("DATA_DIR")
    home = Path(
        named or checkout / ".data"
    ).resolve()  # either may be a link to another disk: they are the operator's own
    if not os.path.isdir(home.parent):  # noqa: PTH112  (False too where we may not look)
        raise Refusal(f"The directory {home.parent}, where the data are to lie, is not there or is closed to you.")
    if user is not None and not reachable(home, user):
        if named:
            raise Refusal(
                f"DATA_DIR={home} cannot be reached by the user {user.name}, as whom PostgreSQL runs. Name an open place."
            )
        home = lasting / f"casework-{fingerprint(checkout)}"
    mode = 0o711 if user else 0o700
    own_home(home, uid=uid, mode=mode)
    sockets = choose_sockets(home, environ=environ, uid=uid, mode=mode)
    places = Places(checkout=checkout, home=home, sockets=sockets, server_user=user)
    for directory in (*(home / name for name in KEPT), places.valkey_socket.parent):
        private_directory(directory, uid=uid)
    if serves_postgres:
        private_directory(places.postgres_sockets, uid=uid, server_user=user)
    return places


def choose_sockets(home: Path, *, environ: Mapping[str, str], uid: int, mode: int) -> Path:
    """Return a private directory whose sockets have paths short enough for the kernel, beside the data if it can be."""
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    parents = [Path("/run")] if uid == 0 else ([Path(runtime)] if runtime else [])
    others = [
        parent / f"casework-{uid}-{fingerprint(home)}"
        for parent in (*parents, Path(tempfile.gettempdir()), Path("/tmp"))
    ]
    for directory in (home / "sockets", *others):
        if fits(directory) and os.access(directory.parent, os.W_OK | os.X_OK):
            private_directory(directory, uid=uid, mode=mode)
            return directory
    raise Refusal(
        f"The path {home} is too long for a socket, and no shorter directory can be written. Set TMPDIR to a short path."
    )


def fits(sockets: Path) -> bool:
    """Tell whether the longest socket path in this directory is within the kernel's limit."""
    return len(os.fsencode(sockets / POSTGRES_SOCKET)) <= SOCKET_PATH_LIMIT


def fingerprint(path: Path) -> str:
    """Return a short name for a path, the same at every start."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def server_user() -> ServerUser:
    """Return the user as whom PostgreSQL runs when we are root."""
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return ServerUser(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise Refusal(
        "PostgreSQL does not run as root, and there is no user postgres or nobody here. Start as an ordinary user."
    )


def reachable(path: Path, user: ServerUser) -> bool:
    """Tell whether a user could enter a directory, once it is made and opened if that is for us to do."""
    ours_to_open = not path.is_dir() or path.stat().st_uid == os.geteuid()
    return may(user, "test", "-x", path.parent if ours_to_open else path)


def may(user: ServerUser, *command: str | Path) -> bool:
    """Tell whether a command succeeds as another user. Asking the kernel knows of access lists and mounts, modes alone do not."""
    try:
        done = subprocess.run(
            [os.fspath(part) for part in command],
            user=user.uid,
            group=user.gid,
            extra_groups=[],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except PermissionError:
        raise Refusal(
            "This root may not become another user, which PostgreSQL needs. Start as an ordinary user."
        ) from None
    return done.returncode == 0


def own_home(home: Path, *, uid: int, mode: int) -> None:
    """Make the directory for the data, or check that the one that is there was made by us."""
    private_directory(home, uid=uid, mode=mode)
    mark = home / OURS
    if mark.exists():
        return
    if any(home.iterdir()):
        raise Refusal(f"{home} holds files that Casework did not put there. Name an empty directory in DATA_DIR.")
    try:
        mark.write_text("Data of Casework. Everything in this directory is removed by bin/run --reset.\n")
    except OSError as error:
        raise not_writable(home, error) from None


def private_directory(directory: Path, *, uid: int, mode: int = 0o700, server_user: ServerUser | None = None) -> None:
    """Make a directory that only its owner may use, or check that the one that is there is just that.

    Somebody else may have put a directory or a link of this name into a shared parent, to read what we write.
    """
    owner = server_user.uid if server_user else uid
    try:
        try:
            directory.mkdir(mode=0o700)
        except FileExistsError:
            pass
        else:
            if server_user:
                os.chown(directory, server_user.uid, server_user.gid, follow_symlinks=False)
        status = directory.lstat()
        if not stat.S_ISDIR(status.st_mode):
            raise Refusal(f"{directory} is not a directory. Remove it, then try again.")
        if status.st_uid != owner:
            raise Refusal(_belongs_to(directory, status.st_uid))
        if stat.S_IMODE(status.st_mode) != mode:
            directory.chmod(mode)
    except OSError as error:
        raise not_writable(directory.parent, error) from None


def _belongs_to(directory: Path, uid: int) -> str:
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = f"number {uid}"
    return f"{directory} belongs to the user {name}. Start as that user, or name another place in DATA_DIR."
