"""The clock and the colours that somebody has chosen."""

import pytest
from playwright.sync_api import Page, expect

from monitors.tests.installation import Installation
from monitors.tests.local_server import LocalServer

from .test_live_pages import add_services, refresh
from .test_main_job import set_up

PAPER = {"light": "rgb(246, 247, 245)", "dark": "rgb(20, 23, 21)", "print": "rgb(255, 255, 255)"}
TOKYO = "Asia/Tokyo"


def choose(page: Page, *, zone: str = "", theme: str = "Same as my system") -> None:
    page.goto("/profile/")
    page.get_by_label("Time zone").select_option(zone)
    page.get_by_label(theme, exact=True).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your profile is saved.")).to_be_visible()


def paper(page: Page) -> str:
    colour: str = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    return colour


def elsewhere(page: Page, site: Installation, zone: str) -> Page:
    """Open the site in a browser of the same person in another place."""
    browser = page.context.browser
    assert browser is not None
    state = page.context.storage_state()
    return browser.new_context(base_url=site.url, timezone_id=zone, storage_state=state).new_page()


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_chosen_theme_goes_before_that_of_the_system(
    page: Page, site: Installation, system: str
) -> None:
    set_up(page, site)
    page.emulate_media(color_scheme=system)  # type: ignore[arg-type]
    assert paper(page) == PAPER[system]
    for theme in ("light", "dark"):
        choose(page, theme=theme.capitalize())
        assert paper(page) == PAPER[theme]
        page.emulate_media(media="print")
        assert paper(page) == PAPER["print"]
        page.emulate_media(media="screen")
    choose(page)
    assert paper(page) == PAPER[system]


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with-javascript"])
def test_script_and_server_write_the_same(
    page: Page, site: Installation, target: LocalServer
) -> None:
    set_up(page, site)
    add_services(page, target, 1)
    site.manage("check_services")
    site.manage("check_services")
    paths = ("/services/1/", "/services/1/history/", "/services/1/?range=24h", "/profile/")

    def written(opened: Page, path: str) -> tuple[list[str], str]:
        opened.goto(path)
        # The profile says what time it is, the marks of a chart are at round times, and what is
        # counted goes on between the two.
        others = '.field-help *, [data-style="since"], [data-style="ago"]'
        moments = opened.locator(f"time[data-style]:not({others})").all_inner_texts()
        return moments, opened.locator("[data-zone-name]").first.inner_text()

    there = elsewhere(page, site, TOKYO)
    by_script = [written(there, path) for path in paths]
    choose(page, zone=TOKYO)
    far_away = elsewhere(page, site, "America/New_York")
    by_server = [written(far_away, path) for path in paths]
    assert by_server == by_script
    assert by_server[0][1] == TOKYO
    assert len(by_server[1][0]) == 2
    there.context.close()
    far_away.context.close()


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with-javascript"])
def test_a_chosen_clock_is_kept_by_polls_and_the_chart(
    page: Page, site: Installation, target: LocalServer
) -> None:
    set_up(page, site)
    add_services(page, target, 1)
    site.manage("check_services")
    choose(page, zone="Asia/Kathmandu")
    site.manage("check_services")
    page.goto("/services/1/")
    first = page.locator("tbody time").first.inner_text()
    refresh(page)
    expect(page.locator("tbody time").first).to_have_text(first)
    page.locator(".chart-plot").focus()
    page.keyboard.press("End")
    clock = first.split(", ")[1][:5]
    expect(page.locator(".chart-tip time")).to_contain_text(clock)


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with-javascript"])
def test_a_link_with_times_of_another_place_shows_the_same_moments(
    page: Page, site: Installation, target: LocalServer
) -> None:
    set_up(page, site)
    add_services(page, target, 1)
    there = elsewhere(page, site, "America/New_York")
    there.goto(f"/services/1/history/?since=2026-03-01T12:00&zone={TOKYO}")
    expect(there.get_by_label("From")).to_have_value("2026-02-28T22:00")
    there.get_by_role("button", name="Apply").click()
    assert "since=2026-02-28T22%3A00" in there.url
    assert "zone=America%2FNew_York" in there.url
    there.context.close()
