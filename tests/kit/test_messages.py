"""The English catalogue: complete, its placeholders those of the Chinese, and no Chinese left in it."""

import ast
import re
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parents[2] / "luodi"
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")
TAG = re.compile(r"</?\w+>")
# Names under which makemessages (scripts/check_messages.py) finds a sentence.
FOUND = {"_", "_t", "gettext", "gettext_lazy", "pgettext", "pgettext_lazy"}


def messages() -> list[Message]:
    """Every message of the catalogue."""
    with (PACKAGE / "locale/en/LC_MESSAGES/django.po").open("rb") as text:
        return [message for message in read_po(text, locale="en") if message.id]


def test_every_sentence_is_in_english() -> None:
    assert [m.id for m in messages() if not m.string or m.fuzzy] == []


def test_placeholders_and_tags_are_those_of_the_chinese() -> None:
    wrong = [
        m.id
        for m in messages()
        for pattern in (PLACEHOLDER, TAG)
        if sorted(pattern.findall(str(m.id))) != sorted(pattern.findall(str(m.string)))
    ]
    assert wrong == []


def test_no_chinese_in_the_english() -> None:
    # What a sheet must contain is said as it must be typed, between “ ” or before its meaning in ( ).
    typed = re.compile(r"“[^”]*”|[是否] \(\w+\)")
    assert [m.string for m in messages() if CHINESE.search(typed.sub("", str(m.string)))] == []


def test_sentences_end_alike() -> None:
    def end(text: str) -> str:
        return {"。": ".", "：": ":", "？": "?"}.get(text[-1:], "")

    wrong = [m.id for m in messages() if not str(m.string).strip().endswith(end(str(m.id)))]
    assert wrong == []


def test_gettext_goes_by_names_that_are_found() -> None:
    unknown = {
        f"{file.relative_to(PACKAGE)}: {name.asname or name.name}"
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if "gettext" in name.name and (name.asname or name.name) not in FOUND
    }
    assert unknown == set()
