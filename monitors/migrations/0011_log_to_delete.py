"""Delete the log of a deleted service later, in batches."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitors", "0010_services_by_name")]
    operations = [
        migrations.CreateModel(
            name="LogToDelete",
            fields=[
                ("service_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("deleted_at", models.DateTimeField()),
            ],
        ),
        migrations.AlterField(
            model_name="servicestatus",
            name="service",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="checks",
                to="monitors.service",
            ),
        ),
    ]
