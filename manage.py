#!/usr/bin/env python3
"""Django's command line for this project. `bin/manage` calls it in the project's own environment."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.config.settings")
    from django.core.management import execute_from_command_line

    from casework.vault.errors import KeyFileError

    try:
        execute_from_command_line(sys.argv)
    except KeyFileError as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
