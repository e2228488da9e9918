"""Is every Chinese sentence in the code translated into English? Needs gettext's xgettext and msgmerge.

scripts/check_messages.py            exit 1 and name what is missing, fuzzy or no longer used; changes nothing
scripts/check_messages.py --write    bring the catalogue itself up to date
"""

import contextlib
import shutil
import sys
import tempfile
from pathlib import Path
from typing import ClassVar

from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import makemessages

BASE = Path(__file__).resolve().parent.parent
CATALOGUE = Path("luodi/locale/en/LC_MESSAGES/django.po")
SHOWN = 20


class Extract(makemessages.Command):
    """Django's makemessages, which also knows `_t`: our gettext at run time where `_` is the lazy one."""

    xgettext_options: ClassVar[list[str]] = [*makemessages.Command.xgettext_options, "--keyword=_t"]


def make_messages(tree: Path) -> None:
    """Run makemessages over the package in `tree`."""
    (tree / CATALOGUE).parent.mkdir(parents=True, exist_ok=True)
    if not settings.configured:
        settings.configure()
    with contextlib.chdir(tree / "luodi"):
        call_command(Extract(), locale=["en"], no_location=True, no_wrap=True, verbosity=0)


def faults(catalogue: Path) -> list[str]:
    """What keeps the catalogue from being complete, one line each."""
    with catalogue.open("rb") as text:
        read = read_po(text, locale="en")
    lines = [f"missing: {m.id}" for m in read if m.id and not m.string]
    lines += [f"fuzzy: {m.id}" for m in read if m.id and m.fuzzy]
    return lines + [f"no longer used: {key}" for key in read.obsolete]


def check() -> int:
    """Compare in a temporary copy: the code, with the catalogue as it is in the tree."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copytree(BASE / "luodi", copy / "luodi", ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
        make_messages(copy)
        found = faults(copy / CATALOGUE)
    for line in found[:SHOWN]:
        print(line)
    if found:
        print(f"{len(found)} messages to mend in {CATALOGUE}; `make messages` brings the file up to date.")
    return 1 if found else 0


def main() -> int:
    """Check, or write."""
    if not (shutil.which("xgettext") and shutil.which("msgmerge")):
        print("gettext is not installed; get it by: apt-get install gettext")
        return 2
    if "--write" in sys.argv:
        make_messages(BASE)
        return 0
    return check()


if __name__ == "__main__":
    sys.exit(main())
