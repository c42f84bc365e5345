"""A certificate for servers that want to know who asks."""

from django.db import migrations, models

import monitors.models.fields


class Migration(migrations.Migration):
    dependencies = [("monitors", "0015_json_match")]
    operations = [
        migrations.AddField(
            model_name="service",
            name="client_certificate",
            field=models.TextField(
                blank=True, default="", max_length=65536, verbose_name="client certificate"
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="client_key",
            field=monitors.models.fields.SecretField(
                blank=True, default="", max_length=16384, verbose_name="client certificate key"
            ),
        ),
    ]
