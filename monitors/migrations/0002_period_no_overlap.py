"""On PostgreSQL the database itself refuses periods of one service that overlap."""

from django.db import migrations

ADD = """
ALTER TABLE monitors_period ADD CONSTRAINT period_no_overlap EXCLUDE USING gist (
    int8range(service_id, service_id, '[]') WITH &&,
    tstzrange(started_at, ended_at) WITH &&
)
"""
REMOVE = "ALTER TABLE monitors_period DROP CONSTRAINT period_no_overlap"


def on_postgresql(sql):
    # A range of one id stands for the id, so that no extension (btree_gist) is needed.
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return run


class Migration(migrations.Migration):
    dependencies = [("monitors", "0001_first_tables")]
    operations = [migrations.RunPython(on_postgresql(ADD), on_postgresql(REMOVE))]
