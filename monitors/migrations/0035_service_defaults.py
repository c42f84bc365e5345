"""Settings that new services begin with."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("monitors", "0034_deleted_services"),
    ]

    operations = [
        migrations.CreateModel(
            name='ServiceDefaults',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('values', models.JSONField(default=dict)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='service_defaults_once')],
            },
        ),
    ]
