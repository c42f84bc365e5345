"""What 0004 has copied goes from Service; the tables written at every check get room to write."""

from django.db import migrations, models

# A row that changes no index is rewritten within its page, where there is room (HOT updates).
ROOM = """
ALTER TABLE monitors_duecheck SET (fillfactor = 50);
ALTER TABLE monitors_service SET (fillfactor = 80);
"""
NO_ROOM = """
ALTER TABLE monitors_duecheck RESET (fillfactor);
ALTER TABLE monitors_service RESET (fillfactor);
"""


def on_postgresql(sql):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return run


class Migration(migrations.Migration):
    dependencies = [("monitors", "0004_due_checks")]
    operations = [
        migrations.RemoveConstraint(
            model_name='service',
            name='service_due_unless_paused',
        ),
        migrations.RemoveField(
            model_name='service',
            name='lease_until',
        ),
        migrations.RemoveField(
            model_name='service',
            name='next_check_at',
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('paused', True), ('state', 'PAUSED')), models.Q(('paused', False), models.Q(('state', 'PAUSED'), _negated=True)), _connector='OR'), name='service_state_of_paused'),
        ),
        migrations.RunPython(on_postgresql(ROOM), on_postgresql(NO_ROOM)),
    ]
