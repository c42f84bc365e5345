from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("monitors", "0030_badges"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="period",
            index=models.Index(fields=["-started_at", "-id"], name="period_by_time"),
        ),
    ]
