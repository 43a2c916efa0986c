"""Runs a command with the system calls that a unit allows and no others, as systemd would: `fence.py UNIT COMMAND...`"""

import ctypes
import ctypes.util
import errno
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM


def main(unit: str, command: list[str]) -> None:
    if (library := ctypes.util.find_library("seccomp")) and (known := groups()):
        load(library, allowed(Path(unit).read_text("utf-8"), known))
    os.execv(command[0], command)


def allowed(unit: str, known: dict[str, list[str]]) -> set[str]:
    """Return the names of the system calls: what is named, less what is named with a tilde, in the order of the lines."""
    result = spread(["@default"], known)
    for tilde, names in re.findall(r"^SystemCallFilter=(~?)(.*)$", unit, re.MULTILINE):
        these = spread(names.split(), known)
        result = result - these if tilde else result | these
    return result


def spread(names: Iterable[str], known: dict[str, list[str]]) -> set[str]:
    return {call for name in names for call in (spread(known[name], known) if name.startswith("@") else {name})}


def groups() -> dict[str, list[str]]:
    """Return what systemd calls by one name."""
    try:
        said = subprocess.run(["systemd-analyze", "syscall-filter"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return {}
    found: dict[str, list[str]] = {}
    for line in said.splitlines():
        if line.startswith("@"):
            found[line.strip()] = of_this = []
        elif (name := line.strip()) and found and not name.startswith("#"):
            of_this.append(name)
    return found


def load(library: str, names: Iterable[str]) -> None:
    seccomp = ctypes.CDLL(library)
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(REFUSE)))
    for name in names:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            seccomp.seccomp_rule_add_array(context, ctypes.c_uint32(ALLOW), number, 0, None)
    if seccomp.seccomp_load(context) != 0:
        sys.exit("The system calls cannot be fenced.")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
