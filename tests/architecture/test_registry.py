"""What Django knows: routes, models, acts."""

import importlib
import re

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.urls import URLPattern, URLResolver, get_resolver

from luodi.flow.rules import HOLD, Flow
from luodi.orgs.api import Bearer
from luodi.site.api import api

LONGEST = 30
# Words that Oracle-like databases (DM), openGauss or PostgreSQL reserve.
RESERVED = set(
    "access add all alter and any array as asc audit between by char check cluster column comment connect "
    "constraint create current cursor date decimal default delete desc distinct drop else end exclusive exists file "
    "float for foreign from grant group having identified if in increment index initial insert integer intersect "
    "interval into is key level like limit lock long maxextents minus mode modify new not null number of offline "
    "offset old on online option or order over partition percent primary prior privileges public raw references "
    "rename resource revoke row rowid rownum rows schema select session set share size smallint some start "
    "successful synonym sysdate table then time timestamp to top trigger uid union unique update user using "
    "validate values varchar view whenever when where with".split()
)


def routes(resolver=None, prefix=""):
    """(path, callback) of every route."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), entry.callback


def ours():
    """The models of our modules."""
    return [m for m in apps.get_models(include_auto_created=True) if m.__module__.startswith("luodi.")]


def flows():
    """Every table of acts, by its model."""
    found = {}
    for config in apps.get_app_configs():
        if config.name.startswith("luodi.") and importlib.util.find_spec(f"{config.name}.rules"):
            for value in vars(importlib.import_module(f"{config.name}.rules")).values():
                if isinstance(value, Flow):
                    found[value.model] = value
    return found


def test_every_route_says_who_may_open_it():
    assert [path for path, view in routes() if not hasattr(view, "allows")] == []


def test_every_operation_of_the_api_says_which_scope_and_roles():
    wanted = [one for _prefix, router in api._routers for one in router.path_operations.values()]
    doors = [operation.auth_callbacks for path_view in wanted for operation in path_view.operations]
    assert doors
    assert [door for door in doors if not door or not all(isinstance(one, Bearer) for one in door)] == []


def test_routes_are_kebab_case_and_end_in_a_slash():
    wrong = []
    for path, view in routes():
        plain = re.sub(r"<[^>]+>", "x", path)
        ends = plain == "" or plain.endswith(("/", ".json", ".xlsx", ".docx", ".svg", ".txt"))
        ends = ends or view.allows == "token"  # the API's, called by programs, which no redirect helps after a POST
        if not ends or not re.fullmatch(r"[a-z0-9./-]*", plain):
            wrong.append(path)
    assert wrong == []


@pytest.mark.parametrize("model", ours(), ids=lambda m: m._meta.label)
def test_every_field_is_private_or_open(model):
    if model._meta.auto_created:
        return
    fields = {f.name for f in [*model._meta.fields, *model._meta.many_to_many]}
    private, public = getattr(model, "PRIVATE", set()), getattr(model, "OPEN", set())
    assert fields - private - public == set(), "say whether it is private"
    assert (private | public) - fields == set(), "no such field"
    assert not private & public


@pytest.mark.parametrize("model", ours(), ids=lambda m: m._meta.label)
def test_names_suit_every_database(model):
    meta = model._meta
    columns = [f.column for f in meta.local_fields]
    names = [meta.db_table, *columns, *(c.name for c in meta.constraints), *(i.name for i in meta.indexes)]
    assert [n for n in names if len(n) > LONGEST] == []
    assert [n for n in [meta.db_table, *columns] if n.lower() in RESERVED] == []


@pytest.mark.parametrize("model", ours(), ids=lambda m: m._meta.label)
def test_lists_are_ordered_where_they_are_shown(model):
    assert not model._meta.ordering, "a hidden order costs a sort in every query: order where the list is shown"


def _added_to_a_new_table(migration):
    """What a migration adds to a table it has just made, though it could have been made with it."""
    added = [op for op in migration.operations if type(op).__name__ == "AddField"]
    late = {(op.model_name, op.name) for op in added}
    new = {op.name.lower() for op in migration.operations if type(op).__name__ == "CreateModel"}
    for op in migration.operations:
        what = getattr(op, "constraint", None) or getattr(op, "index", None)
        if what and op.model_name in new and not any(m == op.model_name and f"'{f}'" in repr(what) for m, f in late):
            yield what.name


def test_a_table_is_made_with_its_constraints_and_indexes():
    """Django knows every model anew after each operation: 200 of them were half the time of `luodi migrate`."""
    ours = {k: m for k, m in MigrationLoader(None).disk_migrations.items() if m.__module__.startswith("luodi.")}
    assert len(ours) > 20
    assert {key: names for key, one in ours.items() if (names := list(_added_to_a_new_table(one)))} == {}


def test_there_is_a_table_of_acts():
    assert any(model.startswith("problems") for model in flows())


@pytest.mark.parametrize("flow", flows().values(), ids=lambda f: f.model)
class TestActs:
    """Each table of acts is whole."""

    def test_every_status_can_be_reached(self, flow):
        assert flow.unreachable() == set()

    def test_every_act_is_granted_to_somebody(self, flow):
        assert [n for n, line in flow.acts.items() if not line.grants] == []

    def test_every_act_starts_and_ends_in_a_known_status(self, flow):
        states = set(flow.states)
        assert [n for n, line in flow.acts.items() if not line.sources or line.sources - states] == []
        fixed = {n: line.target for n, line in flow.acts.items() if not callable(line.target) and line.target != HOLD}
        assert [n for n, target in fixed.items() if target not in states] == []

    def test_every_act_has_words(self, flow):
        assert [n for n, line in flow.acts.items() if not str(line.label)] == []
