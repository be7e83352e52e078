"""The service as a site: with protocols of its own, in process, and on a free port for a browser that is watched."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page

from cds_service.app import create_app
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.settings import Settings
from tests.support.in_process import in_process
from tests.support.tools import needed

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

SIZES = {"phone": (390, 844), "laptop": (1280, 800), "projector": (1920, 1080)}
THEMES = ("light", "dark")

PROTOCOL = "https://hospital.example/protocols/us-axilla?side=left&view=1"
CLIENTS = f"clients: [{{name: hospital, protocols: {{us-axilla: '{PROTOCOL}'}}}}]"

Open = Callable[..., Page]
Keep = Callable[..., None]
Look = Callable[[Page, str], None]


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge(ROOT / "knowledge")


@pytest.fixture(scope="session")
def app(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("site")
    clients = folder / "clients.yaml"
    clients.write_text(CLIENTS, encoding="utf-8")
    made = create_app(Settings(data_dir=folder, clients=clients), knowledge=knowledge, clock=lambda: NOW)
    yield made
    made.extensions["store"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def site(app: Flask) -> Iterator[str]:
    """The base URL of the service, for a browser; some orders have been asked about, and told of."""
    _use(app.test_client())
    with in_process(app) as address:
        yield f"http://{address}"


def _use(client: FlaskClient) -> None:
    service = "/cds-services/breast-imaging-order-select"
    for name in ("s4-pet-ct-stage-ia-mcode", "s4-bone-scan-stage-iia", "asks-stage-unknown"):
        request = (ROOT / "fixtures" / name / "request.json").read_bytes()
        (card,) = client.post(service, data=request).json["cards"]
        told = {"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": "2026-11-20T10:05:31Z"}
        if "suggestions" in card:
            told |= {"outcome": "accepted", "acceptedSuggestions": [{"id": card["suggestions"][0]["uuid"]}]}
        assert client.post(f"{service}/feedback", json={"feedback": [told]}).status_code == 200


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, silent towards the internet."""
    quiet = ("background-networking", "component-update", "sync", "gpu")
    arguments = ["--no-sandbox", "--no-first-run", *(f"--disable-{each}" for each in quiet)]
    path = needed("chromium", "pages are tried in a real browser")
    return {**browser_type_launch_args, "executable_path": path, "args": arguments}


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[Open]:
    """Opens a page at a size and in a theme. What its script or its policy complains of fails the test, and so does
    whatever it asks of any other origin. `failing`: the test makes the service fail, of which the browser complains."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def opened(
        path: str = "/", *, size: str = "laptop", theme: str = "light", failing: bool = False, **more: Any
    ) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            base_url=site, viewport={"width": width, "height": height}, color_scheme=theme, **more
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda asked: problems.append(asked.url) if not asked.url.startswith(site) else None)
        if not failing:
            page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def stands_everywhere(keep: Keep) -> Look:
    """Looks at a page at every size in every theme: nothing is wider than the screen, and axe finds nothing.

    WCAG 2 A and AA and axe's best practices, contrast included. Pictures are kept under a name, for who looks.
    """

    def look(page: Page, name: str) -> None:
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            for theme in THEMES:
                page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                keep(page, f"{name}-{size}-{theme}")
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (size, theme)
                found = Axe().run(page)
                assert found.violations_count == 0, f"{size}, {theme}: {found.generate_report()}"

    return look


@pytest.fixture
def keep() -> Keep:
    """Keeps a picture of a page, for people to look at."""

    def kept(page: Page, name: str, *, full_page: bool = True) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=full_page)

    return kept
