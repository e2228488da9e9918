"""`luodi describe`: what can be generated is generated. `--check` says when docs/generated is no longer true."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from io import StringIO
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation

from luodi.flow.rules import HOLD, Act, Flow
from luodi.orgs.models import Role

FOLDER = settings.BASE / "docs" / "generated"
NOTE = "<!-- Written by `luodi describe`; do not edit. -->\n\n"
REACHES = {"city": "全市", "county": "本县", "unit": "本单位", "lead": "牵头"}


class Command(BaseCommand):
    """Writes permissions.md, states.md, routes.md, models.md and indicators.md."""

    help = "Write docs/generated, or with --check say whether it is up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Write or check."""
        parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when a file is stale")

    def handle(self, *, check: bool, **options: Any) -> None:
        """Each page from what Django and the tables of acts know."""
        with translation.override("zh-hans"):
            pages = {
                "permissions.md": NOTE + permissions(flows()),
                "states.md": NOTE + states(flows()),
                "routes.md": NOTE + route_list(),
                "models.md": NOTE + models(),
                "indicators.md": dictionary(),
            }
        stale = []
        for name, text in pages.items():
            path = FOLDER / name
            fresh = text.rstrip() + "\n"
            if not path.exists() or path.read_text(encoding="utf-8") != fresh:
                stale.append(name)
                if not check:
                    FOLDER.mkdir(parents=True, exist_ok=True)
                    path.write_text(fresh, encoding="utf-8")
        if check and stale:
            self.stderr.write(f"docs/generated is stale: {', '.join(stale)}. Run: luodi describe")
            sys.exit(1)
        self.stdout.write(f"docs/generated: {', '.join(stale) if stale else 'up to date'}")


def flows() -> list[Flow]:
    """Every table of acts of our modules, by the model's name."""
    found: dict[str, Flow] = {}
    for config in apps.get_app_configs():
        if config.name.startswith("luodi.") and find_spec(f"{config.name}.rules"):
            rules = vars(import_module(f"{config.name}.rules"))
            found |= {value.model: value for value in rules.values() if isinstance(value, Flow)}
    return [found[model] for model in sorted(found)]


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    cells = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(row)} |\n" for row in cells) + "\n"


def dictionary() -> str:
    """The dictionary of indicators, as its own command prints it."""
    text = StringIO()
    call_command("indicators", markdown=True, stdout=text)
    return text.getvalue()


def permissions(tables: list[Flow]) -> str:
    """Act × role: how far each role reaches."""
    text = "# Who may do what\n\nA cell says how far the role reaches from its post's unit; empty means never. "
    text += "Conditions (what the row needs, independence) come on top: they are in the module's `rules.py`.\n\n"
    for flow in tables:
        used = [role for role in Role if any(role == r for a in flow.acts.values() for r, _reach in a.grants)]
        rows = [[f"`{name}` {act.label}", *(reach_of(act, role) for role in used)] for name, act in flow.acts.items()]
        text += f"## {flow.model}\n\n" + table(["act", *(str(role.label) for role in used)], rows)
    return text


def reach_of(act: Act, role: Role) -> str:
    """«全市、本县»."""
    return "、".join(REACHES.get(str(reach), str(reach)) for held, reach in act.grants if held == role)


def states(tables: list[Flow]) -> str:
    """One diagram for each table of acts."""
    text = "# Statuses and acts\n\n"
    for flow in tables:
        lines = ["stateDiagram-v2"] + [f"    {key} : {words}" for key, words in flow.states.items()]
        lines.append(f"    [*] --> {flow.start}")
        for act in flow.acts.values():
            lines += [f"    {a} --> {b} : {act.label}" for a in sorted(act.sources) for b in targets(act, a)]
        held = [f"`{name}` {act.label}" for name, act in flow.acts.items() if act.target == HOLD]
        text += f"## {flow.model}\n\n```mermaid\n" + "\n".join(lines) + "\n```\n\n"
        computed = [f"`{name}` {act.label}" for name, act in flow.acts.items() if callable(act.target)]
        text += f"Acts that leave the status as it is: {'、'.join(held) or '—'}.\n\n"
        text += f"Acts that lead back to where the row came from: {'、'.join(computed) or '—'}.\n\n"
    return text


def targets(act: Act, source: str) -> list[str]:
    """Where an act leads from `source`, as far as the table says it."""
    return [] if callable(act.target) or act.target in {HOLD, source} else [act.target]


def routes(resolver: Any = None, prefix: str = "/", space: str = "") -> Iterator[tuple[str, str, Any]]:
    """(path, name, view) of every route."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from routes(entry, prefix + str(entry.pattern), inner)
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), f"{space}{entry.name}", entry.callback


def route_list() -> str:
    """Every route with who may open it. English pages stand at /en/…"""
    text = "# Routes\n\nThe English pages have the same routes below `/en/`.\n\n"
    rows = [[f"`{path}`", f"`{name}`", who_may(view)] for path, name, view in sorted(routes(), key=lambda r: r[:2])]
    return text + table(["route", "name", "open to"], rows)


def who_may(view: Any) -> str:
    """The roles a view names, in words."""
    allows = getattr(view, "allows", "nobody said")
    if isinstance(allows, str):
        return {"signed_in": "everybody signed in", "public": "everybody"}.get(allows, allows)
    return "、".join(str(Role(role).label) for role in allows)


def models() -> str:
    """Every table with its fields, and which of them are private."""
    text = "# Tables\n\nPrivate fields never leave in exports, templates for others or scrubbed copies.\n\n"
    for model in sorted(apps.get_models(), key=lambda m: m._meta.label):
        if not model.__module__.startswith("luodi."):
            continue
        doc = (model.__doc__ or "").strip().splitlines()
        text += f"## {model._meta.label} `{model._meta.db_table}`\n\n{doc[0] if doc else ''}\n\n"
        private: frozenset[str] = getattr(model, "PRIVATE", frozenset())
        rows = [[f"`{f.column}`", kind_of(f), "private" if f.name in private else ""] for f in model._meta.local_fields]
        text += table(["column", "kind", ""], rows)
    return text


def kind_of(field: Any) -> str:
    """«CharField(40)», «→ orgs.Unit»."""
    if field.is_relation:
        return f"→ {field.related_model._meta.label}"
    return type(field).__name__ + (f"({field.max_length})" if getattr(field, "max_length", None) else "")
