"""The pages for readers are true: settings, glossary, links, commands."""

import re

from tests.architecture.tree import BASE, PACKAGE, sources

DOCS = [BASE / "README.md", *(BASE / "docs").rglob("*.md")]


def test_every_setting_is_in_the_table():
    text = (BASE / "docs" / "operations.md").read_text()
    settings = (PACKAGE / "site" / "settings.py").read_text()
    named = {f"LUODI_{n}" for n in re.findall(r'\benv(?:_flag)?\("([A-Z0-9_]+)"', settings)}
    named |= {n for p in sources() for n in re.findall(r'environ[^\n]*"(LUODI_[A-Z0-9_]+)"', p.read_text())}
    assert sorted(n for n in named if f"`{n}`" not in text) == []


def test_every_identifier_of_the_glossary_is_in_the_code():
    code = "\n".join(p.read_text() for p in sources())
    words = re.findall(r"`([^`]+)`", (BASE / "docs" / "glossary.md").read_text())
    modules = {p.name for p in PACKAGE.iterdir()}
    absent = [w for w in words if w not in modules and not re.search(rf"\b{re.escape(w.rpartition('.')[2])}\b", code)]
    assert absent == []


def test_links_lead_somewhere():
    wrong = []
    for page in DOCS:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            if not (page.parent / target).exists():
                wrong.append(f"{page.relative_to(BASE)} → {target}")
    assert wrong == []


def test_every_command_is_documented():
    text = (BASE / "docs" / "cli.md").read_text()
    commands = {p.stem for p in PACKAGE.rglob("management/commands/*.py") if p.stem != "__init__"}
    # «luodi import problems» is one command with a noun after it.
    assert sorted(c for c in commands if not re.search(rf"`luodi {c}\b", text)) == []
