"""Static files are collected where they have changed, and by one program at a time."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from uptime_site import static_files

CSS = settings.BASE_DIR / "static" / "css"


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Note what is called, and take one file for all that is to be collected."""
    source = tmp_path / "site.css"
    source.write_text("a {}")
    os.utime(source, (1, 1))
    called: list[str] = []
    monkeypatch.setattr(static_files, "_sources", lambda: iter([source]))
    monkeypatch.setattr(static_files, "call_command", lambda name, **_: called.append(name))
    return called


def test_nothing_is_collected_again_before_something_changes(
    collected: list[str], tmp_path: Path
) -> None:
    into = tmp_path / "into"
    assert static_files.collect_if_changed(into)
    assert not static_files.collect_if_changed(into)
    os.utime(tmp_path / "site.css", (0, 0))
    assert static_files.collect_if_changed(into)
    assert collected == ["collectstatic"] * 2


def test_what_was_broken_off_is_done_again(
    collected: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    into = tmp_path / "into"
    static_files.collect_if_changed(into)
    (tmp_path / "site.css").write_text("b {color: red}")

    def broken_off(name: str, **options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(static_files, "call_command", broken_off)
        with pytest.raises(KeyboardInterrupt):
            static_files.collect_if_changed(into)
    (tmp_path / "site.css").write_text("a {}")
    os.utime(tmp_path / "site.css", (1, 1))
    assert static_files.collect_if_changed(into)
    assert collected == ["collectstatic"] * 2


def test_several_that_start_at_once_do_not_disturb_each_other() -> None:
    (settings.COLLECT_INTO / "collected_from").unlink(missing_ok=True)
    words = [sys.executable, "manage.py", "prepare", ""]
    started = [
        subprocess.Popen(words, cwd=settings.BASE_DIR, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in started:
        errors = process.communicate(timeout=60)[1]
        assert process.returncode == 0, errors
    assert (settings.COLLECT_INTO / "collected_from").is_file()


def test_the_pages_are_drawn_with_one_stylesheet() -> None:
    call_command = [sys.executable, "manage.py", "prepare", ""]
    subprocess.run(call_command, cwd=settings.BASE_DIR, check=True, capture_output=True)
    names = json.loads((settings.COLLECT_INTO / "staticfiles.json").read_text())["paths"]
    served = (settings.COLLECT_INTO / "served" / names["css/site.css"]).read_text()
    assert "@import" not in served
    assert all(path.read_text() in served for path in _imported())


def test_no_stylesheet_is_forgotten() -> None:
    for_others = {CSS / "site.css", CSS / "public.css", CSS / "wall.css"}
    assert set(_imported()) == set(CSS.rglob("*.css")) - for_others


def _imported() -> list[Path]:
    named = re.findall(r'@import "([^"]+)";', (CSS / "site.css").read_text())
    return [CSS / name for name in named]
