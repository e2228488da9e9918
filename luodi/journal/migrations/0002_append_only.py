"""The database itself refuses to change or delete journal rows, on SQLite and on PostgreSQL alike."""

from django.db import migrations

TABLES = ("journal_entry", "journal_block")


def refuse(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute(
                "CREATE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'journal rows are append-only'; END $$"
            )
        for table in TABLES:
            for verb in ("UPDATE", "DELETE"):
                name = f"{table}_no_{verb.lower()}"
                if schema_editor.connection.vendor == "postgresql":
                    body = "FOR EACH ROW EXECUTE FUNCTION journal_append_only()"
                else:
                    body = "BEGIN SELECT RAISE(ABORT, 'journal rows are append-only'); END"
                cursor.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {body}")


def allow(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        on = " ON {}" if schema_editor.connection.vendor == "postgresql" else ""
        for table in TABLES:
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER {table}_no_{verb}" + on.format(table))
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION journal_append_only()")


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunPython(refuse, allow)]
