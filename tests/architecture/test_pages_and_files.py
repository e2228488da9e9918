"""Templates obey the strict Content-Security-Policy; committed files name no registry and no machine."""

import re

import pytest

from tests.architecture.tree import BASE, name, templates, tracked

INLINE = {
    "a script without src": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.I),
    "a style element": re.compile(r"<style\b", re.I),
    "a style attribute": re.compile(r"\sstyle\s*=", re.I),
    "an event attribute": re.compile(r"\son[a-z]+\s*=", re.I),
    "hx-on": re.compile(r"\bhx-on\b", re.I),
    "javascript in an attribute": re.compile(r"""["'](js|javascript):""", re.I),
    "an address elsewhere": re.compile(r"""(src|href)\s*=\s*["']https?://""", re.I),
}
# Put together here, so that this file does not name what it looks for.
HOSTS = [a + b for a, b in [("pypi", ".org"), ("pythonhosted", ".org"), ("npmjs", ".org"), ("npmjs", ".com"),
                            ("npmmirror", ".com"), ("tuna.tsinghua", ".edu"), ("mirrors.aliyun", ".com"),
                            ("jsdelivr", ".net"), ("unpkg", ".com")]]  # fmt: skip
MACHINE = [a + b for a, b in [("/wo", "rk/"), ("/ro", "ot/"), ("/Use", "rs/"), ("/opt/", "pypi"), ("/opt/", "wheels")]]
HOME = re.compile(r"(?<![\w.])/ho" + r"me/\w")
TEXT = set(".py .md .txt .in .toml .json .mjs .js .scss .html .yaml .yml .sh .po".split()) | {""}


@pytest.mark.parametrize("what", INLINE, ids=str)
def test_templates_hold_no(what):
    wrong = []
    for path in templates():
        text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}|{%.*?%}", "", path.read_text(), flags=re.S)
        wrong += [f"{name(path)}: {found.group()}" for found in INLINE[what].finditer(text)]
    assert wrong == []


def test_every_word_on_a_page_is_marked_for_translation():
    chinese = re.compile(r"[\u4e00-\u9fff]")
    marked = re.compile(
        r"{#.*?#}|{% comment.*?{% endcomment %}|{% blocktranslate.*?{% endblocktranslate %}|{%.*?%}|{{.*?}}|<!--.*?-->",
        re.S,
    )
    wrong = []
    for path in templates():
        bare = marked.sub(lambda found: "\n" * found.group().count("\n"), path.read_text())
        for number, line in enumerate(bare.split("\n"), 1):
            # The language's own name stands as it is in every language; 落地 is the product's.
            if chinese.search(line.replace("中文", "").replace("落地", "")):
                wrong.append(f"{name(path)}:{number} {line.strip()[:60]}")
    assert wrong == []


def test_no_registry_and_no_machine_in_committed_files():
    wrong = []
    for path in tracked():
        if path.suffix not in TEXT:
            continue
        text = path.read_text(errors="replace")
        wrong += [f"{path.relative_to(BASE)}: {word}" for word in [*HOSTS, *MACHINE] if word in text]
        wrong += [f"{path.relative_to(BASE)}: {found.group()}" for found in HOME.finditer(text)]
    assert wrong == []


def test_locks_have_hashes_and_no_addresses():
    locks = [p for p in (BASE / "requirements").glob("*.txt") if "-c " not in p.read_text()]
    assert locks
    for lock in [*locks, BASE / "frontend" / "package-lock.json"]:
        assert "://" not in re.sub(r'"url": "[^"]*"', "", lock.read_text()), lock.name
    for lock in locks:
        entries = re.findall(r"^[A-Za-z0-9].*?(?=^[A-Za-z0-9]|\Z)", lock.read_text(), re.M | re.S)
        assert [e.split()[0] for e in entries if "--hash=sha256:" not in e] == []


def test_every_dependency_says_why_it_is_there():
    wrong = [
        f"{path.name}: {line}"
        for path in (BASE / "requirements").glob("*.in")
        for line in path.read_text().splitlines()
        if line.strip() and not line.startswith(("#", "-r", "-c")) and "#" not in line
    ]
    assert wrong == []


def test_no_compiled_or_private_file_is_committed():
    assert [p.name for p in tracked() if p.suffix in {".mo", ".pyc", ".sqlite3", ".pem", ".key"}] == []
