"""Find services by folded words, and those in trouble without reading all."""

import unicodedata
from urllib.parse import unquote

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

STRANGE = ~Q(state="UP") | Q(streak__gt=0) | Q(may_lapse=True)


def folded(text):
    plain = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", plain)


def searchable(name, url):
    return folded("\n".join(dict.fromkeys((name, url, unquote(url))))).replace("\x00", "")


def make_searchable(apps, schema_editor):
    del schema_editor
    Service = apps.get_model("monitors", "Service")
    ServiceSearch = apps.get_model("monitors", "ServiceSearch")
    rows = Service.objects.values_list("pk", "name", "url").iterator(chunk_size=2_000)
    ServiceSearch.objects.bulk_create(
        (ServiceSearch(service_id=pk, text=searchable(name, url)) for pk, name, url in rows),
        batch_size=2_000,
    )


class Migration(migrations.Migration):
    dependencies = [("monitors", "0016_client_certificate")]
    operations = [
        migrations.CreateModel(
            name="ServiceSearch",
            fields=[
                (
                    "service",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search",
                        serialize=False,
                        to="monitors.service",
                    ),
                ),
                ("text", models.TextField()),
            ],
            options={"verbose_name_plural": "service searches"},
        ),
        migrations.RunPython(make_searchable, migrations.RunPython.noop),
        migrations.AddField(
            model_name="service",
            name="may_lapse",
            field=models.BooleanField(default=True, editable=False),
        ),
        migrations.AddIndex(
            model_name="service",
            index=models.Index(condition=STRANGE, fields=["state"], name="service_strange"),
        ),
    ]
