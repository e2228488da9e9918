"""Who writes, who moves a status, who asks the clock, and that a page makes one call."""

import ast

from tests.architecture.tree import LIBRARIES, at_edge, calls, functions, module_of, name, parse, sources

WRITES = {
    "save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
    "asave", "acreate", "aupdate", "adelete",
}  # fmt: skip
CLOCK = {"now", "today", "utcnow"}
# file → receivers (as written) whose method only looks like a write, and why.
NOT_A_WRITE = {
    "sample/sheets.py": {"image": "a photograph is drawn in memory", "exif.get_ifd(GPS)": "a dictionary of tags"},
    "files/queries.py": {"digest": "a hash takes bytes", "clean": "an image without EXIF is written to memory"},
}
# The framework's own session store, which every sign-in renews.
SESSION = "request.session"
# The log is the engine that writes itself.
ENGINES = {"journal/models.py"}
# What may set a status besides the flow engine, and why.
STATUS_SETTERS = {"jobs/actions.py": "the queue library's own row of a dead worker would say RUNNING for ever"}
# Who may ask the clock besides views, api and commands, and why.
CLOCKS = {
    "kit/clock.py": "the clock itself",
    "orgs/rules.py": "`allow` decides at the page's edge which posts are held today",
    "jobs/rules.py": "machine time of heartbeats, which must not stand still in a demo",
    "site/context.py": "the frame of every page shows the day and the roles of today",
}
# Views that make two calls, and why.
TWO_CALLS: dict[str, str] = {}


def test_only_actions_write():
    wrong = []
    for path in sources():
        if path.name == "actions.py" or name(path) in ENGINES or module_of(path) in LIBRARIES:
            continue
        for call in calls(parse(path)):
            if not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITES:
                continue
            receiver = ast.unparse(call.func.value)
            known = receiver == SESSION or receiver in NOT_A_WRITE.get(name(path), {})
            if not known and not is_module_of_actions(call, path):
                wrong.append(f"{name(path)}:{call.lineno} {receiver}.{call.func.attr}()")
    assert wrong == []


def is_module_of_actions(call, path):
    """`actions.create(…)`, where `actions` is a module of actions, is a call of the one who may."""
    return ast.unparse(call.func.value) in action_modules(parse(path))


def action_modules(tree):
    """Names under which a file knows modules of actions."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == "actions"
    }


def action_functions(tree):
    """Names of functions a file takes out of modules of actions."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".actions")
        for alias in node.names
    }


def test_libraries_have_no_tables():
    assert [name(p) for p in sources() if module_of(p) in LIBRARIES and p.name == "models.py"] == []


def test_only_the_flow_engine_moves_a_status():
    wrong = []
    for path in sources():
        if name(path) in {"flow/actions.py", *STATUS_SETTERS} or module_of(path) in LIBRARIES:
            continue
        for node in ast.walk(parse(path)):
            if sets_status(node):
                wrong.append(f"{name(path)}:{node.lineno}")
    assert wrong == []


def sets_status(node):
    """`row.status = …`, `.update(status=…)` or `setattr(row, "status", …)`."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        flat = [part for t in targets for part in (t.elts if isinstance(t, ast.Tuple) else [t])]
        return any(isinstance(t, ast.Attribute) and t.attr == "status" for t in flat)
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute) and node.func.attr == "update":
        return any(k.arg == "status" for k in node.keywords)
    return isinstance(node.func, ast.Name) and node.func.id == "setattr" and "'status'" in ast.unparse(node)


def test_only_the_edge_asks_the_clock():
    wrong = []
    for path in sources():
        if at_edge(path) or name(path) in CLOCKS:
            continue
        for call in calls(parse(path)):
            function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if function in CLOCK or (function == "localtime" and not call.args):
                wrong.append(f"{name(path)}:{call.lineno}")
    assert wrong == []


def test_a_page_makes_one_call():
    wrong = []
    for path in sources():
        if path.name not in {"views.py", "api.py"}:
            continue
        tree = parse(path)
        modules, names = action_modules(tree), action_functions(tree)
        for function in functions(tree):
            made = [c for c in calls(function) if ast.unparse(c.func).partition(".")[0] in modules]
            made += [c for c in calls(function) if isinstance(c.func, ast.Name) and c.func.id in names]
            place = f"{name(path)}:{function.name}"
            if len(made) > 1 and place not in TWO_CALLS:
                wrong.append(f"{place}: {', '.join(ast.unparse(c.func) for c in made)}")
    assert wrong == []
