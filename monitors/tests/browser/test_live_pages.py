"""Pages that stay open: what a person has in hand when they refresh themselves."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from monitors.tests.installation import Installation
from monitors.tests.local_server import LocalServer

from .test_main_job import set_up, width_of

pytestmark = pytest.mark.parametrize("page", [True], indirect=True, ids=["with-javascript"])


def add_services(page: Page, target: LocalServer, count: int) -> None:
    for number in range(count):
        page.goto("/services/add/")
        page.get_by_label("Name", exact=True).fill(f"Shop {number}")
        page.get_by_label("URL").fill(f"{target.url}{number}")
        page.get_by_label("Tags").evaluate("field => { field.value = 'web' }")
        page.get_by_role("button", name="Save").click()


def refresh(page: Page) -> None:
    """Let the page ask at once, and wait until what came is in."""
    page.evaluate(
        """() => new Promise((done) => {
            document.addEventListener("htmx:after:swap", done, { once: true });
            document.querySelector("[hx-trigger]").dispatchEvent(new CustomEvent("every"));
        })"""
    )


def test_a_refresh_takes_nothing_out_of_a_hand(
    page: Page, site: Installation, target: LocalServer
) -> None:
    set_up(page, site)
    add_services(page, target, 12)
    page.set_viewport_size({"width": 1280, "height": 400})
    page.goto("/")
    tag = page.locator(".service .tag").nth(5)
    tag.focus()
    page.evaluate("window.scrollTo(0, 300)")
    page.locator(".service th > a:first-child").nth(4).evaluate(
        "name => getSelection().selectAllChildren(name)"
    )
    chosen = page.evaluate("getSelection().toString()")
    site.manage("check_services")
    refresh(page)
    expect(page.locator(".service").first).to_contain_text("Up")
    assert page.evaluate("scrollY") == 300
    assert page.evaluate("getSelection().toString()") == chosen
    expect(page.locator(".service .tag").nth(5)).to_be_focused()


def test_check_now_stays_on_the_page_and_the_chart_says_what_was_measured(
    page: Page, site: Installation, target: LocalServer
) -> None:
    set_up(page, site)
    add_services(page, target, 1)
    expect(page.get_by_text("Not checked yet")).to_be_visible()
    for count in (1, 2):
        page.get_by_role("button", name="Check now").click()
        expect(page.locator("tr.is-new")).to_contain_text("just now")
        expect(page.locator("tbody tr", has_text="200 OK")).to_have_count(count)
    expect(page).to_have_url(re.compile(r"/services/\d+/$"))
    tip = page.locator(".chart-tip")
    page.locator(".chart-plot").focus()
    page.keyboard.press("End")
    expect(tip).to_contain_text("Up")
    refresh(page)
    expect(tip).to_have_count(1)
    page.keyboard.press("Escape")
    expect(tip).to_have_count(0)
    page.locator(".chart-plot").hover()
    expect(tip).to_contain_text(" ms")


def group_of(page: Page, name: str) -> Locator:
    return page.locator(".service-group", has=page.get_by_role("heading", name=name, exact=True))


def test_a_group_that_was_opened_or_folded_stays_so(
    page: Page, site: Installation, target: LocalServer
) -> None:
    set_up(page, site)
    add_services(page, target, 2)
    page.goto("/services/add/")
    page.get_by_label("Name", exact=True).fill("Gone")
    page.get_by_label("URL").fill("http://127.0.0.1:9/")
    page.get_by_role("button", name="Save").click()
    site.manage("check_services")
    page.goto("/")
    page.get_by_role("link", name="Groups", exact=True).click()
    calm, bad = group_of(page, "web"), group_of(page, "No tag")
    expect(calm.locator("summary")).to_contain_text("2 services")
    expect(bad.locator(".service")).to_have_count(1)
    expect(calm.locator(".service")).to_have_count(0)
    calm.locator("summary").click()
    expect(calm.locator(".service")).to_have_count(2)
    bad.locator("summary").click()
    site.manage("check_services")
    refresh(page)
    expect(calm.locator(".service").first).to_be_visible()
    expect(bad.locator(".service")).to_be_hidden()


def test_a_session_that_ends_leads_to_the_login_and_back(
    page: Page, site: Installation, target: LocalServer
) -> None:
    set_up(page, site)
    add_services(page, target, 1)
    page.goto("/?tag=web")
    page.context.clear_cookies()
    page.evaluate("document.querySelector('[hx-trigger]').dispatchEvent(new CustomEvent('every'))")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert page.locator("h1").count() == 1
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("correct horse battery staple")
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{site.url}/?tag=web")


def test_the_menu_is_wide_enough_and_closes(page: Page, site: Installation) -> None:
    set_up(page, site)
    summary = page.locator(".menu summary")
    items = page.locator(".menu-items")
    summary.click()
    box = items.bounding_box()
    assert box is not None
    assert box["width"] >= 176
    page.mouse.click(300, 500)
    expect(items).to_be_hidden()
    summary.click()
    page.keyboard.press("Escape")
    expect(items).to_be_hidden()
    expect(summary).to_be_focused()


def test_every_wrong_field_has_a_red_border(page: Page, site: Installation) -> None:
    set_up(page, site)
    page.goto("/services/add/")
    page.evaluate(
        """() => {
            for (const group of document.querySelectorAll("details.group")) group.open = true;
            const wrong = { url: "x", interval_s: "0", expected_status: "2xx", json_path: "$[[",
                headers: "x", pattern: "(", failures_before_down: "0", ca_bundle: "x" };
            document.querySelector("form.form").noValidate = true;
            for (const [name, value] of Object.entries(wrong))
                document.querySelector(`[name=${name}]`).value = value;
        }"""
    )
    page.get_by_role("button", name="Save").click()
    fields = page.locator("form.form [aria-invalid=true]")
    expect(fields.first).to_be_visible()
    borders = fields.evaluate_all("all => all.map(e => getComputedStyle(e).borderTopWidth)")
    colours = fields.evaluate_all("all => all.map(e => getComputedStyle(e).borderTopColor)")
    red = page.evaluate(
        """() => {
            const probe = document.body.appendChild(document.createElement("i"));
            probe.className = "state-down";
            return getComputedStyle(probe).color;
        }"""
    )
    assert len(borders) >= 8
    assert set(borders) == {"2px"}
    assert set(colours) == {red}


def test_history_reads_and_shows_times_in_one_zone(
    page: Page, site: Installation, target: LocalServer
) -> None:
    set_up(page, site)
    add_services(page, target, 1)
    page.goto("/services/1/history/")
    zone = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    expect(page.get_by_text(f"Times in {zone}")).to_be_visible()
    page.get_by_label("From").fill("2020-01-01T00:00")
    page.get_by_role("button", name="Apply").click()
    assert f"zone={zone.replace('/', '%2F')}" in page.url


def test_nothing_scrolls_sideways_at_four_times_the_size(
    page: Page, site: Installation, target: LocalServer
) -> None:
    set_up(page, site)
    add_services(page, target, 1)
    page.get_by_role("button", name="Check now").click()
    page.set_viewport_size({"width": 320, "height": 640})
    for path in ("/", "/services/1/", "/services/1/history/", "/services/1/history/1/"):
        page.goto(path)
        assert (path, width_of(page)) == (path, 320)


def hide(page: Page, *, hidden: bool) -> None:
    page.evaluate(
        """(hidden) => {
            Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def ask(page: Page) -> None:
    page.evaluate("document.querySelector('[hx-trigger]').dispatchEvent(new CustomEvent('every'))")


def test_a_hidden_tab_asks_nothing_and_catches_up_at_once(
    page: Page, site: Installation, target: LocalServer
) -> None:
    set_up(page, site)
    add_services(page, target, 1)
    page.goto("/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    hide(page, hidden=True)
    ask(page)
    page.evaluate("fetch('/checkers/')")
    # The icon of the page may still be on its way.
    assert [url for url in asked if "page=" in url] == []
    assert any(url.endswith("/checkers/") for url in asked)
    with page.expect_request(lambda request: "page=1" in request.url):
        hide(page, hidden=False)


def test_title_and_icon_follow_and_the_change_is_announced(page: Page, site: Installation) -> None:
    set_up(page, site)
    page.goto("/services/add/")
    page.get_by_label("Name", exact=True).fill("Gone")
    page.get_by_label("URL").fill("http://127.0.0.1:9/")
    page.get_by_role("button", name="Save").click()
    page.goto("/")
    icon = page.locator("link[rel=icon]")
    expect(page).to_have_title("Services · Uptime Site")
    expect(icon).to_have_attribute("href", re.compile(r"mark\."))
    site.manage("check_services")
    refresh(page)
    expect(page).to_have_title("(1 down) Services · Uptime Site")
    expect(icon).to_have_attribute("href", re.compile(r"mark-down\."))
    expect(page.locator("#announcer")).to_have_text("1 service down")


def test_a_page_whose_questions_fail_says_so_until_one_is_answered(
    page: Page, site: Installation, target: LocalServer
) -> None:
    set_up(page, site)
    add_services(page, target, 1)
    # What fails is noted in its console.
    other = page.context.new_page()
    other.goto("/")
    sign = other.locator("#offline")
    expect(sign).to_be_hidden()
    page.context.set_offline(True)
    ask(other)
    expect(sign).to_contain_text(re.compile(r"No connection since \d\d:\d\d"))
    page.context.set_offline(False)
    expect(sign).to_be_hidden()


def test_the_browser_counts_how_long_it_has_lasted(
    page: Page, site: Installation, target: LocalServer
) -> None:
    set_up(page, site)
    add_services(page, target, 1)
    site.manage("check_services")
    page.goto("/")
    since = page.locator(".service time[data-style=since]")
    expect(since).to_have_text(re.compile(r"^\d+ (s|min \d+ s)$"))
    expect(since).to_have_attribute("title", re.compile(r"^\d+ \w{3}, \d\d:\d\d$"))
    before = since.text_content()
    expect(since).not_to_have_text(before or "")
    ask(page)
    expect(since).to_have_text(re.compile(r"^\d+ (s|min \d+ s)$"))


def test_the_list_is_ordered_by_its_heads(
    page: Page, site: Installation, target: LocalServer
) -> None:
    set_up(page, site)
    add_services(page, target, 2)
    page.goto("/")
    page.locator("#by-name").click()
    expect(page.locator(".service th").first).to_contain_text("Shop 0")
    page.locator("#by-name").click()
    expect(page.locator(".service th").first).to_contain_text("Shop 1")
    expect(page.locator("[aria-sort]")).to_have_attribute("aria-sort", "descending")


def test_what_is_selected_stays_selected_and_is_paused_together(
    page: Page, site: Installation, target: LocalServer
) -> None:
    set_up(page, site)
    add_services(page, target, 3)
    page.goto("/")
    page.get_by_role("link", name="Select", exact=True).click()
    page.get_by_label("Select Shop 1").check()
    site.manage("check_services")
    refresh(page)
    expect(page.locator(".service").first).to_contain_text("Up")
    expect(page.get_by_label("Select Shop 1")).to_be_checked()
    expect(page.get_by_label("Select Shop 0")).not_to_be_checked()
    page.get_by_label("Select all on this page").check()
    expect(page.get_by_text("Selected on this page: 3")).to_be_visible()
    expect(page.locator("#select").get_by_label("Tag")).to_be_hidden()
    page.get_by_label("Action").select_option(label="Pause")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Pause 3 services?")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused 3 services.")).to_be_visible()
    expect(page.locator(".service-paused")).to_have_count(3)
