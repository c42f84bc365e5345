"""Find the first services by name without sorting all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitors", "0009_lighter_log")]
    operations = [
        migrations.AddIndex(
            model_name="service",
            index=models.Index(fields=["name", "id"], name="service_by_name"),
        ),
    ]
