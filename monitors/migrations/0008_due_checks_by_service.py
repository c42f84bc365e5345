"""Know due checks by service and location alone: a number of their own was one more index to write."""

import django.db.models.deletion
from django.db import migrations, models

COLUMNS = "service_id, location, due_at, lease_until, holder, last_status, last_checked_at"
COPY, COPY_BACK = (
    f"INSERT INTO {new} ({COLUMNS}) SELECT {COLUMNS} FROM {old}"
    for new, old in (
        ("monitors_newduecheck", "monitors_duecheck"),
        ("monitors_duecheck", "monitors_newduecheck"),
    )
)
# A row that changes no index is rewritten within its page, where there is room (HOT updates).
ROOM = "ALTER TABLE monitors_duecheck SET (fillfactor = 50)"


def give_room(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(ROOM)


class Migration(migrations.Migration):
    dependencies = [("monitors", "0007_smaller_writes")]
    operations = [
        migrations.CreateModel(
            name="NewDueCheck",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "service_id",
                        "location",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("location", models.CharField(blank=True, default="", max_length=40)),
                ("due_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("holder", models.PositiveIntegerField(null=True)),
                ("last_status", models.CharField(default="", max_length=8)),
                ("last_checked_at", models.DateTimeField(null=True)),
                (
                    "service",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="monitors.service",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(COPY, COPY_BACK),
        migrations.DeleteModel(name="DueCheck"),
        migrations.RenameModel("NewDueCheck", "DueCheck"),
        migrations.AlterField(
            model_name="duecheck",
            name="service",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="due_checks",
                to="monitors.service",
            ),
        ),
        migrations.AddIndex(
            model_name="duecheck",
            index=models.Index(fields=["location", "due_at"], name="due_check_by_time"),
        ),
        migrations.RunPython(give_room, migrations.RunPython.noop),
    ]
