"""For ten minutes the list says what was deleted, and gives it back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from monitors.actions import services
from monitors.models import DeletedService, Service
from monitors.tests.factories import a_service

pytestmark = pytest.mark.django_db

DELETED = "/services/deleted/"


def delete(*names: str, minutes_ago: float = 1) -> None:
    now = timezone.now() - timedelta(minutes=minutes_ago)
    for name in names:
        url = f"http://{name.lower()}.example/"
        services.delete(a_service(name=name, url=url, now=now).pk, now)


def test_the_list_says_so_and_leads_there(signed_in: Client) -> None:
    assert DELETED not in signed_in.get("/").text
    delete("Shop")
    page = signed_in.get("/").text
    assert "1 service was deleted in the last ten minutes" in page
    assert DELETED in page
    delete("Cart")
    assert "2 services were deleted in the last ten minutes" in signed_in.get("/").text


def test_the_question_says_how_long_it_can_be_undone(signed_in: Client) -> None:
    service = a_service(name="Shop")
    page = signed_in.get(f"/services/{service.pk}/delete/").text
    assert "It can be undone for ten minutes." in page


def test_one_is_restored_and_shown(signed_in: Client) -> None:
    delete("Shop", "Cart")
    assert "Restore all 2" in signed_in.get(DELETED).text
    shop = DeletedService.objects.get(name="Shop")
    answer = signed_in.post(DELETED, {"id": shop.pk}, follow=True)
    assert "Shop is back with its history." in answer.text
    assert answer.redirect_chain == [(f"/services/{shop.pk}/", 302)]
    assert [service.name for service in Service.objects.all()] == ["Shop"]


def test_all_are_restored(signed_in: Client) -> None:
    delete("Shop", "Cart")
    answer = signed_in.post(DELETED, follow=True)
    assert "2 services are back with their history." in answer.text
    assert "deleted in the last" not in answer.text


def test_what_cannot_come_back_is_said(signed_in: Client) -> None:
    delete("Shop", "Cart")
    a_service(name="New", url="http://shop.example/")
    answer = signed_in.post(DELETED, follow=True)
    assert "Shop stays deleted: its URL is monitored again." in answer.text
    assert "1 service is back" not in answer.text
    assert Service.objects.filter(name="Cart").exists()


def test_after_ten_minutes_nothing_is_offered(signed_in: Client) -> None:
    delete("Shop", minutes_ago=10)
    assert "deleted in the last" not in signed_in.get("/").text
    assert "Nothing was deleted in the last ten minutes" in signed_in.get(DELETED).text
    number = DeletedService.objects.get().pk
    answer = signed_in.post(DELETED, {"id": number}, follow=True)
    assert "cannot be undone any more" in answer.text
    assert not Service.objects.exists()
