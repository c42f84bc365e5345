"""Pictures of every page: desktop and phone, light and dark.

    make screenshots

They go into the ignored folder screenshots/. A page that scrolls sideways, is not answered with
200, or complains in its console fails the run.
"""

import sys
from pathlib import Path

from playwright.sync_api import Page

sys.path.insert(0, str(Path(__file__).resolve().parent))

from browsing import chromium, demonstration, logged_in
from setting_up import ROOT

FOLDER = ROOT / "screenshots"
WIDTHS = {"desktop": 1280, "phone": 390}
SCHEMES = ("light", "dark")
PAGES = {
    "list": "/",
    "list-groups": "/?view=groups",
    "list-selecting": "/?select=on",
    "list-nothing-found": "/?q=nothing",
    "service-down": "/services/2/",
    "service-up": "/services/3/",
    "service-7-days": "/services/5/?range=7d",
    "history": "/services/2/history/",
    "response": "/services/5/response/",
    "edit": "/services/2/edit/",
    "delete": "/services/2/delete/",
    "add": "/services/add/",
    "defaults": "/services/defaults/",
    "deleted": "/services/deleted/",
    "incidents": "/incidents/",
    "incident": "/incidents/1/",
    "events": "/events/",
    "channels": "/channels/",
    "channel-add": "/channels/new/?kind=email",
    "maintenance": "/maintenance/",
    "maintenance-add": "/maintenance/add/",
    "report": "/reports/",
    "status-pages": "/status-pages/",
    "status-page": "/status-pages/1/",
    "status-public": "/status/example/",
    "status-history": "/status/example/history/",
    "badges": "/badges/",
    "badge-add": "/badges/add/",
    "walls": "/walls/",
    "checkers": "/checkers/",
    "api-keys": "/accounts/keys/",
    "profile": "/profile/",
    "password": "/accounts/password/",
}


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    wrong: list[str] = []
    with demonstration() as site, chromium() as browser:
        for size, width in WIDTHS.items():
            for scheme in SCHEMES:
                viewport = {"width": width, "height": 900}
                context = logged_in(browser, site, viewport=viewport, color_scheme=scheme)
                page = context.new_page()
                for name, path in PAGES.items():
                    found = taken(page, path, f"{name}-{size}-{scheme}")
                    wrong += [f"{name}, {size}, {scheme}: {what}" for what in found]
                context.close()
    print(f"{len(PAGES) * len(WIDTHS) * len(SCHEMES)} pictures are in {FOLDER}")
    print("\n".join(wrong))
    return 1 if wrong else 0


def taken(page: Page, path: str, name: str) -> list[str]:
    """Take a picture of a page; give what is wrong with it."""
    wrong: list[str] = []

    def note(what: object) -> None:
        wrong.append(str(getattr(what, "text", what)))

    page.on("console", note)
    page.on("pageerror", note)
    answer = page.goto(path, wait_until="networkidle")
    if answer is None or answer.status != 200:
        wrong.append(f"answered with {answer and answer.status}")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        wrong.append(f"{wide} px wider than the window")
    page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
    page.remove_listener("console", note)
    page.remove_listener("pageerror", note)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
