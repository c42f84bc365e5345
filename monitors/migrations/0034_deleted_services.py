"""Let a deleted service be had back for a while; its summaries stay as long as its log."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("monitors", "0033_saved_filters"),
    ]

    operations = [
        migrations.CreateModel(
            name='DeletedService',
            fields=[
                ('service_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('url', models.TextField()),
                ('url_key', models.TextField()),
                ('was_paused', models.BooleanField()),
                ('rows', models.TextField()),
                ('deleted_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.AlterField(
            model_name='dailysummary',
            name='service',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='%(class)ss', to='monitors.service'),
        ),
        migrations.AlterField(
            model_name='hourlysummary',
            name='service',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='%(class)ss', to='monitors.service'),
        ),
    ]
