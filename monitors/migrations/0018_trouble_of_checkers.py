"""Say what keeps a checker from its work, and what it could not store."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitors", "0017_search_and_strange")]
    operations = [
        migrations.AddField("checker", "set_aside", models.PositiveIntegerField(default=0)),
        migrations.AddField("checker", "trouble", models.TextField(default="")),
    ]
