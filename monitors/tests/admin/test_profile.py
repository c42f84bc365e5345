import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from monitors.actions import profiles
from monitors.domain.preferences import Theme
from monitors.models import Profile

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("may", "status"), [("delete_user", 302), ("change_user", 403)])
def test_an_account_is_deleted_with_its_profile_by_whoever_may_delete_accounts(
    client: Client, may: str, status: int
) -> None:
    gone = User.objects.create_user("gone")
    profiles.choose(gone.pk, time_zone="Asia/Tokyo", theme=Theme.DARK)
    staff = User.objects.create_user("staff", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=[may, "view_user"]))
    client.force_login(staff)
    answer = client.post(f"/admin/auth/user/{gone.pk}/delete/", {"post": "yes"})
    assert answer.status_code == status
    assert Profile.objects.exists() is (status == 403)
