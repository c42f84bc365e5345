"""Give each stretch of DOWN that there is its incident, with what the log still knows of it."""

from django.db import migrations

BATCH = 500


def make_incidents(apps, schema_editor):
    """Time in which nobody looked does not end an incident, as from now on."""
    Period = apps.get_model("monitors", "Period")
    Service = apps.get_model("monitors", "Service")
    down = Period.objects.filter(state="DOWN").order_by("service_id")
    ids = list(down.values_list("service_id", flat=True).distinct())
    for place in range(0, len(ids), BATCH):
        services = Service.objects.only("name", "url").in_bulk(ids[place : place + BATCH])
        rows = Period.objects.filter(service__in=services).order_by("service_id", "started_at")
        incidents = []
        open_one = None
        for period in rows.iterator():
            if open_one is not None and open_one.service_id != period.service_id:
                open_one = None
            if period.state == "DOWN":
                if open_one is None:
                    open_one = an_incident(apps, services[period.service_id], period)
                    incidents.append(open_one)
            elif open_one is not None and period.state != "UNKNOWN":
                open_one.resolved_at = period.started_at
                open_one.ending = "paused" if period.state == "PAUSED" else "recovered"
                open_one = None
        apps.get_model("monitors", "Incident").objects.bulk_create(incidents)
        write_events(apps, incidents)


def an_incident(apps, service, period):
    Check = apps.get_model("monitors", "ServiceStatus")
    first = Check.objects.filter(
        service=service, checked_at=period.started_at, status="DOWN"
    ).first()
    incident = apps.get_model("monitors", "Incident")(
        service=service,
        service_name=service.name,
        service_url=service.url,
        started_at=period.started_at,
    )
    if first is not None:
        incident.reason, incident.message, incident.check_id = first.reason, first.message, first.pk
        kept = apps.get_model("monitors", "CheckEvidence").objects.filter(check_row=first).first()
        if kept is not None:
            incident.evidence = {
                "address": kept.address,
                "redirects": kept.redirects,
                "headers": kept.headers,
                "body_start": kept.body_start,
            }
    return incident


def write_events(apps, incidents):
    IncidentEvent = apps.get_model("monitors", "IncidentEvent")
    lines = []
    for incident in incidents:
        lines.append(
            IncidentEvent(
                incident=incident, at=incident.started_at, kind="opened", text=incident.message
            )
        )
        if incident.resolved_at is not None:
            words = "service paused" if incident.ending == "paused" else "recovered"
            lines.append(
                IncidentEvent(
                    incident=incident, at=incident.resolved_at, kind="resolved", text=words
                )
            )
    IncidentEvent.objects.bulk_create(lines)


class Migration(migrations.Migration):
    dependencies = [('monitors', '0020_incidents_and_channels')]

    operations = [migrations.RunPython(make_incidents, migrations.RunPython.noop)]
