"""Spare the log a number in its index, and a lookup of the service for every row."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitors", "0008_due_checks_by_service")]
    operations = [
        migrations.AlterField(
            model_name="servicestatus",
            name="service",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="checks",
                to="monitors.service",
            ),
        ),
        migrations.RemoveIndex(
            model_name="servicestatus",
            name="check_by_service_and_time",
        ),
        migrations.AddIndex(
            model_name="servicestatus",
            index=models.Index(
                fields=["service", "-checked_at"], name="check_by_service_and_time"
            ),
        ),
    ]
