"""Where things stand: files of a module, who imports whom, how long a file and a function may be."""

import ast
import re

import pytest

from tests.architecture.tree import BASE, LIBRARIES, PACKAGE, functions, module_of, name, parse, sources, templates

FILES = {
    "__init__.py", "models.py", "rules.py", "queries.py", "actions.py", "forms.py", "sheets.py", "views.py", "api.py",
    "urls.py", "indicators.py", "apps.py",
}  # fmt: skip
FOLDERS = {"templates", "templatetags", "management", "migrations", "locale", "__pycache__"}
# What a module has besides, and why.
EXTRA_FILES = {
    "sample/land.py": "the sample's land, told beside the acts on problems",
    "sample/permits.py": "the sample's approvals, told beside the acts on problems",
    "site/settings.py": "Django's settings",
    "site/wsgi.py": "the server's entry",
    "sample/finance.py": "the city's needs for money and what banks did, told beside the acts on problems",
    "sample/people.py": "who lives in the sample, admitted before anything is told",
    "sample/projects.py": "the city's projects, told month by month beside the acts on problems",
    "site/context.py": "what every page's frame shows",
    "sample/amendments.py": "the sample's applications and urgings, told between the acts on problems",
    "sample/documents.py": "the sample's papers, written between the acts on problems",
}
EXTRA_FOLDERS = {"locale": "the translation catalogue"}
# Ground whose rules anybody above may use: pure arithmetic and the engines' tables.
OPEN_RULES = {"flow", "orgs", "indicators", "workdays", "journal", "files", "campaigns"}
# Imports of another's forms, views …, and why.
SENDING = "files are sent in one place, with one set of headers"
ACTS = "the acts on a problem stand in one table; a decision carries one of them out"
REACHING = {
    "intake/queries.py imports problems.sheets": "a sheet has one reader, and each row the page's own form",
    "intake/actions.py imports problems.rules": "an import is undone by the act that stands in the one table",
    "intake/views.py imports jobs.views": "progress of a job is shown in one way",
    "amendments/actions.py imports problems.rules": ACTS,
    "amendments/queries.py imports problems.rules": ACTS,
    "amendments/forms.py imports problems.forms": "an act on a problem asks in one way",
    "amendments/views.py imports problems.views": "an act on a problem has one kind of page",
    "changes/forms.py imports indicators.forms": "a place and a day are read from an address in one way",
    "changes/views.py imports indicators.forms": "a place has one name",
    "dashboard/forms.py imports changes.forms": "two days are read from an address in one way",
    "dashboard/views.py imports changes.rules": "the last fortnight's end is the same day everywhere",
    "dashboard/views.py imports indicators.forms": "a place has one name",
    "documents/views.py imports files.views": SENDING,
    "documents/forms.py imports indicators.forms": "a figure put into a text is limited as on the indicator's page",
    "problems/views.py imports files.views": SENDING,
    "problems/views.py imports orgs.views": "what is typed and not yet sent is kept in one way",
    "finance/forms.py imports projects.forms": "an amount and a month are typed in one way",
    "finance/forms.py imports projects.rules": "a unified social credit code is checked in one way",
    "finance/sheets.py imports projects.rules": "a code is checked, and a sheet's sum compared, in one way",
    "ledger/views.py imports files.views": SENDING,
    "permits/views.py imports files.views": SENDING,
    "ledger/views.py imports jobs.views": "progress of a job is shown in one way",
    "ledger/rules.py imports problems.rules": ACTS,
    "ledger/views.py imports problems.rules": ACTS,
    "ledger/queries.py imports problems.rules": ACTS,
    "ledger/actions.py imports problems.rules": ACTS,
    "notices/rules.py imports problems.rules": "who is told is who may act next, by the one table of acts",
    "progress/sheets.py imports projects.rules": "a row of a sheet is told by the rules of the page",
    "sample/land.py imports land.rules": "quota of the sample is stated in the ledger's own three measures",
    "sample/projects.py imports projects.rules": "codes of made-up owners are right by the same check digits",
    "site/views.py imports journal.forms": "the journal's page stands in site's frame; its filter is the journal's",
}
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}
LONG_TEMPLATES: dict[str, str] = {}


def modules():
    """The nouns."""
    return sorted(p for p in PACKAGE.iterdir() if p.is_dir() and p.name not in {"__pycache__", *EXTRA_FOLDERS})


@pytest.mark.parametrize("folder", modules(), ids=lambda p: p.name)
def test_a_module_holds_only_the_listed_files(folder):
    strange = []
    for path in folder.iterdir():
        if folder.name in LIBRARIES and path.suffix == ".py":
            continue
        allowed = FOLDERS if path.is_dir() else FILES
        if path.name not in allowed and name(path) not in EXTRA_FILES and path.suffix != ".yaml":
            strange.append(name(path))
    assert strange == [], "growth means splitting the noun, not a new kind of file"


def test_templates_stand_under_their_modules_name():
    wrong = [
        name(p)
        for p in templates()
        if p.relative_to(PACKAGE / module_of(p) / "templates").parts[0] != module_of(p)
        # The frame and the error pages, which Django finds by fixed names.
        and module_of(p) not in {"kit"}
    ]
    assert wrong == []


def imported(tree):
    """(module, name) of every import of ours."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("luodi."):
            yield from ((node.module, alias.name) for alias in node.names)
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names if alias.name.startswith("luodi."))


def test_no_module_reaches_into_anothers_rules_forms_sheets_or_views():
    wrong = []
    for path in sources():
        for module, what in imported(parse(path)):
            parts = [*module.split("."), what]
            owner, part = parts[1], parts[2] if len(parts) > 2 else ""
            if owner in {module_of(path), *LIBRARIES} or part not in {"rules", "forms", "sheets", "views"}:
                continue
            found = f"{name(path)} imports {owner}.{part}"
            if not (part == "rules" and owner in OPEN_RULES) and found not in REACHING:
                wrong.append(found)
    assert wrong == []


def test_no_import_inside_a_function():
    wrong = [
        f"{name(path)}:{node.lineno}"
        for path in sources()
        for function in functions(parse(path))
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert wrong == []


def test_files_functions_and_templates_are_short():
    ours = [*sources(), *(BASE / "scripts").glob("*.py"), *(BASE / "tests").rglob("*.py")]
    files = {p.relative_to(BASE).as_posix(): len(p.read_text().splitlines()) for p in ours}
    long = {f"{n}: {count} lines" for n, count in files.items() if count > 400 and n not in LONG_FILES}
    for path in [p for p in ours if "tests" not in p.parts]:
        for function in functions(parse(path)):
            count = (function.end_lineno or 0) - function.lineno + 1
            place = f"{path.relative_to(BASE).as_posix()}:{function.name}"
            if count > 40 and place not in LONG_FUNCTIONS:
                long.add(f"{place}: {count} lines")
    for path in templates():
        count = len(path.read_text().splitlines())
        if path.suffix == ".html" and count > 80 and name(path) not in LONG_TEMPLATES:
            long.add(f"{name(path)}: {count} lines")
    assert sorted(long) == []


def test_public_functions_say_what_a_caller_needs():
    wrong = [
        f"{name(path)}:{node.name}"
        for path in sources()
        if path.name in {"rules.py", "queries.py", "actions.py"}
        for node in parse(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert wrong == []


def test_actions_are_told_who_and_when():
    wrong = []
    for path in sources():
        if path.name != "actions.py":
            continue
        for node in parse(path).body:
            if isinstance(node, ast.FunctionDef) and writes_itself(node):
                given = {a.arg for a in node.args.kwonlyargs}
                if not {"at"} <= given:
                    wrong.append(f"{name(path)}:{node.name}")
    assert wrong == []


def writes_itself(node):
    """A public function that opens a transaction of its own."""
    decorated = any("atomic" in ast.unparse(d) for d in node.decorator_list)
    return decorated and not node.name.startswith("_")


def test_no_commented_out_code():
    code = re.compile(r"^\s*# (def |class |import |from \w+ import|return |if .*:$)")
    wrong = [
        f"{name(path)}:{number}"
        for path in sources()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if code.match(line)
    ]
    assert wrong == []
