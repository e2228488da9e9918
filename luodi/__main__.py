"""The `luodi` command: Django's management commands under our own name (`python -m luodi` is the same)."""

import os
import sys

from django.core.management import execute_from_command_line

from luodi.kit.refusal import Refused


def main() -> None:
    """Run one command; a refusal is a sentence on standard error and exit 1, never a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luodi.site.settings")
    try:
        execute_from_command_line(["luodi", *sys.argv[1:]])
    except Refused as why:
        print(why, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
