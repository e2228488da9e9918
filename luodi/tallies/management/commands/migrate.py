"""Django's `migrate`, with the tallies' triggers down meanwhile: SQLite makes altered tables anew, without them."""

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from luodi.kit.clock import now
from luodi.tallies import actions
from luodi.tallies.models import Ready


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; then count everything once, if there was anything to migrate."""
        if options["plan"] or options["check_unapplied"] or options["database"] != "default":
            super().handle(*args, **options)
            return
        if _there() and (options["app_label"] or _pending()):
            actions.suspend(at=now())
        super().handle(*args, **options)
        if _there() and not Ready.objects.exists():
            actions.resume(at=now())


def _pending() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _there() -> bool:
    return {"tallies_tally", "tallies_span", "tallies_ready", "problems_problem"} <= set(
        connection.introspection.table_names()
    )
