"""What the documents name exists, and what exists is named."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
SETTINGS = (ROOT / "uptime_site" / "settings.py").read_text()

READ = re.findall(
    r'(?:env\.\w+|_boolean|_whole_number|_list|_days|_web\w+)\(\s*"([A-Z_]+)"', SETTINGS
)
ENVIRONMENT = (ROOT / "uptime_site" / "environment.py").read_text()
# Django's own name for the base path is taken too, and not a setting of its own.
READ += set(re.findall(r'(?:env\.str\(|whole_number\(env, )"([A-Z_]+)"', ENVIRONMENT)) - {
    "FORCE_SCRIPT_NAME"
}
OUR_COMMANDS = [name for name, app in get_commands().items() if app == "monitors"]


def test_settings_are_found_at_all() -> None:
    assert {"DATABASE_URL", "SECRET_KEY", "DEBUG", "PORT", "BIND"} <= set(READ)


@pytest.mark.parametrize("name", sorted(set(READ)))
def test_every_setting_has_its_line(name: str) -> None:
    assert re.search(rf"^#?{name}=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert f"`{name}`" in README


def test_every_line_of_the_example_is_a_setting() -> None:
    lines = re.findall(r"^#([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(lines) == sorted(set(READ))


@pytest.mark.parametrize("name", sorted(OUR_COMMANDS))
def test_every_command_is_described(name: str) -> None:
    assert f"manage.py {name}" in README


@pytest.mark.parametrize("path", re.findall(r"\]\(((?!http)[^)#]+)\)", README))
def test_every_file_that_the_readme_links_to_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("line", (ROOT / "requirements.txt").read_text().splitlines()[1:])
def test_every_requirement_is_pinned(line: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9-]+(\[[a-z,]+\])?==[0-9.]+(; .+)?", line)
