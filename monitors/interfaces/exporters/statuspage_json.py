"""A status page in the shape of Atlassian Statuspage's public API, version 2."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from monitors.domain.status_pages import PartState, Stage
from monitors.domain.wording import iso_utc
from monitors.queries.public_pages import Notice, Part, Planned, PublicPage

NAMES = ("status", "summary", "components", "incidents")


def document(name: str, page: PublicPage, notices: Sequence[Notice], address: str) -> str:
    """Write one of the documents; `notices` are those of "incidents", newest first."""
    written: dict[str, Any] = {"page": _page(page, address)}
    if name in {"status", "summary"}:
        written["status"] = {
            "indicator": page.overall.indicator,
            "description": page.overall.words,
        }
    if name in {"components", "summary"}:
        written["components"] = _components(page)
    if name == "incidents":
        written["incidents"] = [_incident(each, page, address) for each in notices]
    if name == "summary":
        written["incidents"] = [_incident(each, page, address) for each in page.open]
        written["scheduled_maintenances"] = [_planned(each, page, address) for each in page.planned]
    return json.dumps(written, ensure_ascii=False)


def _page(page: PublicPage, address: str) -> dict[str, Any]:
    return {
        "id": str(page.id),
        "name": page.title,
        "url": address,
        "time_zone": page.zone,
        "updated_at": iso_utc(page.now),
    }


def _components(page: PublicPage) -> list[dict[str, Any]]:
    written: list[dict[str, Any]] = []
    for number, group in enumerate(page.groups, start=1):
        group_id = f"group-{number}" if group.name else None
        if group_id:
            ids = [str(part.id) for part in group.parts]
            written.append(_group(group_id, group.name, ids, number, page))
        written += [_component(part, group_id, page) for part in group.parts]
    return [each | {"position": position} for position, each in enumerate(written, start=1)]


def _group(
    group_id: str, name: str, ids: list[str], number: int, page: PublicPage
) -> dict[str, Any]:
    parts = page.groups[number - 1].parts
    order = (
        PartState.OUTAGE,
        PartState.DEGRADED,
        PartState.UNKNOWN,
        PartState.MAINTENANCE,
        PartState.OPERATIONAL,
    )
    worst = min((part.state for part in parts), key=order.index)
    return _common(group_id, name, worst, max(part.since for part in parts), page) | {
        "group": True,
        "group_id": None,
        "components": ids,
    }


def _component(part: Part, group_id: str | None, page: PublicPage) -> dict[str, Any]:
    return _common(str(part.id), part.name, part.state, part.since, page) | {
        "group": False,
        "group_id": group_id,
    }


def _common(
    part_id: str, name: str, state: PartState, since: datetime, page: PublicPage
) -> dict[str, Any]:
    return {
        "id": part_id,
        "name": name,
        "status": state.value,
        "updated_at": iso_utc(since),
        "description": None,
        "showcase": True,
        "only_show_if_degraded": False,
        "page_id": str(page.id),
    }


def _incident(notice: Notice, page: PublicPage, address: str) -> dict[str, Any]:
    monitoring = [each.at for each in notice.updates if each.stage is Stage.MONITORING]
    return {
        "id": str(notice.id),
        "name": notice.title,
        "status": notice.stage.value,
        "created_at": iso_utc(notice.started_at),
        "started_at": iso_utc(notice.started_at),
        "updated_at": iso_utc(notice.updated_at),
        "monitoring_at": iso_utc(monitoring[-1]) if monitoring else None,
        "resolved_at": iso_utc(notice.resolved_at) if notice.resolved_at else None,
        "impact": "none" if notice.resolved_at else _impact(notice.part_ids, page),
        "shortlink": f"{address}history/?month={notice.started_at:%Y-%m}#notice-{notice.id}",
        "page_id": str(page.id),
        "components": _named(notice.part_ids, page),
        "incident_updates": [
            {
                "id": str(update.id),
                "incident_id": str(notice.id),
                "status": update.stage.value,
                "body": update.text,
                "created_at": iso_utc(update.at),
                "updated_at": iso_utc(update.at),
                "display_at": iso_utc(update.at),
            }
            for update in notice.updates
        ],
    }


def _planned(planned: Planned, page: PublicPage, address: str) -> dict[str, Any]:
    lasts = planned.starts_at <= page.now
    return {
        "id": f"maintenance-{planned.id}",
        "name": "Planned maintenance",
        "status": "in_progress" if lasts else "scheduled",
        "scheduled_for": iso_utc(planned.starts_at),
        "scheduled_until": iso_utc(planned.ends_at),
        "impact": "maintenance",
        "shortlink": address,
        "page_id": str(page.id),
        "components": _named(planned.part_ids, page),
        "incident_updates": [],
    }


def _named(ids: Sequence[int], page: PublicPage) -> list[dict[str, Any]]:
    return [_component(part, None, page) for part in page.parts if part.id in ids]


def _impact(ids: Sequence[int], page: PublicPage) -> str:
    down = any(part.state is PartState.OUTAGE for part in page.parts if part.id in ids)
    return "major" if down else "minor"
