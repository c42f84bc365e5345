"""Settings that a running test can look at; refusals are in processes/test_start.py."""

import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from uptime_site import settings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    return tmp_path


def test_a_secret_key_is_made_once_and_kept_to_the_owner(folder: Path) -> None:
    first, second = settings._secret_key(), settings._secret_key()
    assert (first, len(first) > 50) == (second, True)
    assert [path.name for path in folder.iterdir()] == [".secret_key"]
    assert stat.S_IMODE((folder / ".secret_key").stat().st_mode) == 0o600


def test_two_installations_have_different_keys(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = settings._secret_key()
    monkeypatch.setattr(settings, "BASE_DIR", folder / "other")
    (folder / "other").mkdir()
    assert settings._secret_key() != first


def test_a_given_key_is_taken_and_nothing_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "given")
    assert (settings._secret_key(), list(folder.iterdir())) == ("given", [])


def test_a_folder_that_cannot_be_written_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    # Not writable even for root.
    monkeypatch.setattr(settings, "BASE_DIR", Path("/proc"))
    with pytest.raises(ImproperlyConfigured, match=r"^SECRET_KEY is not set, and /proc/.secret_k"):
        settings._secret_key()
