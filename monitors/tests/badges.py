"""Badges for tests."""

from monitors.actions import badges
from monitors.domain.badges import Subject, SubjectKind
from monitors.models import Badge, Service, StatusPage, Tag

from .clock import NOON

_KINDS = {
    Service: SubjectKind.SERVICE,
    Tag: SubjectKind.TAG,
    StatusPage: SubjectKind.STATUS_PAGE,
}


def a_badge(of: Service | Tag | StatusPage) -> Badge:
    return badges.create(Subject(_KINDS[type(of)], of.pk), NOON)
