"""What tests of running deliveries do again and again."""

import json
import subprocess
import sys
from collections import Counter

from monitors.tests.installation import Installation
from monitors.tests.receiver import Receiver

from .watching import query


def add_channels(installation: Installation, *settings: dict[str, object]) -> None:
    """Add webhooks in a process of their own; alerts are not grouped unless that is given."""
    _run(
        installation,
        "import django, json, sys; django.setup()\n"
        "from django.utils import timezone\n"
        "from monitors.models import Channel\n"
        "for given in json.loads(sys.argv[1]):\n"
        "    given = {'kind': 'webhook', 'created_at': timezone.now(), 'group_s': 0,\n"
        "             'signing_secret': 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'} | given\n"
        "    Channel.objects.create(**given)\n",
        json.dumps(settings),
    )


def queue_outages(installation: Installation, count: int) -> None:
    """Have every channel be told of so many outages, of services that are long paused."""
    _run(
        installation,
        "import django, sys; django.setup()\n"
        "from django.utils import timezone\n"
        "from monitors.actions.alerts import plan_opened\n"
        "from monitors.models import Incident, Service\n"
        "now, count = timezone.now(), int(sys.argv[1])\n"
        "began = Service.objects.count()\n"
        "services = Service.objects.bulk_create(\n"
        "    Service(name=f'o{n}', url=f'http://o{n}.example/', url_key=f'o{n}', paused=True,\n"
        "            state='PAUSED', created_at=now, state_since=now)\n"
        "    for n in range(began, began + count))\n"
        "incidents = Incident.objects.bulk_create(\n"
        "    Incident(service=one, service_name=one.name, service_url=one.url, started_at=now)\n"
        "    for one in services)\n"
        "plan_opened(incidents, now)\n",
        str(count),
    )


def posted(receiver: Receiver) -> Counter[str]:
    """Give how often each message has come, by its id."""
    return Counter(one.headers["webhook-id"] for one in list(receiver.received))


def told(receiver: Receiver) -> list[tuple[str, int]]:
    """Give what has come: the type, and the number of services."""
    bodies = [json.loads(one.body) for one in list(receiver.received)]
    return [(body["type"], len(body["data"]["services"])) for body in bodies]


def number(installation: Installation, sql: str) -> int:
    return int(str(query(installation, sql)[0][0]))


def undelivered(installation: Installation) -> int:
    """Give how many alerts have not arrived yet."""
    return number(
        installation,
        "SELECT count(*) FROM monitors_alert a LEFT JOIN monitors_message m"
        " ON m.id = a.message_id WHERE a.fate = 'waiting' OR m.delivered_at IS NULL",
    )


def _run(installation: Installation, program: str, *words: str) -> None:
    environment = installation.environment | {"DJANGO_SETTINGS_MODULE": "uptime_site.settings"}
    subprocess.run([sys.executable, "-c", program, *words], env=environment, check=True)
