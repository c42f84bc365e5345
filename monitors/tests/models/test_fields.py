import copy
from typing import Any

import pytest
from django.core import serializers
from django.db import connection

from monitors.domain.spec import BadSetting
from monitors.models import Service
from monitors.models.fields import Unreadable, secret_fields
from monitors.tests.factories import a_service
from monitors.tests.stored_secrets import SECRETS, in_database, with_secrets

pytestmark = pytest.mark.django_db

# Of another installation, or with a byte lost.
FOREIGN = (
    "gAAAAABrBxhHnGneipsvvOc-RmrorIm4ZabsLQIpcMGJTb56yym4t55xva0kxlt0sDCEH4hhlg0E5cGb7tnn3yx3XC0B"
    "LDT31w=="
)
WHY = (
    "The stored password cannot be read: SECRET_KEY has changed. "
    "Put the old one into SECRET_KEY_FALLBACKS, or enter the value again."
)


def read() -> Service:
    return Service.objects.get()


def test_the_test_knows_every_secret() -> None:
    assert set(secret_fields(Service)) <= set(SECRETS)


def test_under_another_key_secrets_are_unreadable_and_not_empty(settings: Any) -> None:
    with_secrets()
    settings.SECRET_KEY = "another"
    service = read()
    assert list(service.unreadable_secrets) == list(secret_fields(Service))
    assert isinstance(service.password, Unreadable)
    assert service.password.why == WHY


def test_a_service_whose_secrets_cannot_be_read_says_so_when_it_is_to_be_checked(
    settings: Any,
) -> None:
    a_service(username="ada", password="pw")
    settings.SECRET_KEY = "another"
    with pytest.raises(BadSetting, match=r"^The stored password cannot be read: SECRET_KEY has"):
        read().check_spec()


def test_a_key_of_before_still_opens(settings: Any) -> None:
    with_secrets()
    settings.SECRET_KEY_FALLBACKS = ["third", settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert {name: getattr(read(), name) for name in SECRETS} == SECRETS


@pytest.mark.parametrize("stored", ["in plain text", "gAAAAA", FOREIGN, "ü"])
def test_what_is_no_secret_of_ours_is_unreadable(stored: str) -> None:
    service = a_service()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE monitors_service SET password = %s", [stored])
    service.refresh_from_db()
    assert service.password == Unreadable("password", stored)


def test_nothing_is_no_secret(settings: Any) -> None:
    a_service()
    settings.SECRET_KEY = "another"
    assert read().unreadable_secrets == {}


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_saving_all_of_a_service_leaves_the_stored_bytes(settings: Any, copied: Any) -> None:
    with_secrets()
    before = in_database()
    settings.SECRET_KEY = "another"
    service = copied(read())
    service.full_clean()
    service.save()
    Service.objects.bulk_update([service], secret_fields(Service))
    assert in_database() == before


def test_what_cannot_be_read_is_in_no_dump(settings: Any) -> None:
    with_secrets()
    settings.SECRET_KEY = "another"
    with pytest.raises(BadSetting):
        serializers.serialize("json", Service.objects.all())
