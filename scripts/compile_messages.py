"""Compile every translation catalogue (.po → .mo) with Babel, so that no gettext package is needed."""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = Path(__file__).resolve().parent.parent / "luodi" / "locale"


def compile_catalogue(source: Path) -> int:
    """Write the .mo beside `source`; returns how many messages are translated. Fuzzy ones are left out."""
    with source.open("rb") as text:
        catalogue = read_po(text, locale=source.parent.parent.name)
    with source.with_suffix(".mo").open("wb") as binary:
        write_mo(binary, catalogue)
    return sum(bool(message.id and message.string and not message.fuzzy) for message in catalogue)


def main() -> int:
    """Compile all; says how many each language has."""
    for source in sorted(LOCALES.glob("*/LC_MESSAGES/*.po")):
        print(f"{source.parent.parent.name}: {compile_catalogue(source)} messages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
