"""The page as people see it, in a real browser. Skipped where there is none, unless LANECTL_REQUIRE_REAL is set."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.fake_lane import crossing, failing, waiting
from tests.real import program
from tests.web.served import SaidByController, served_page

SEEN_MS = 10_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = program("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, SaidByController]]:
    with served_page() as page:
        yield page


class Seen:
    """One tab. What it asks for and what it complains about is kept, and judged when it closes."""

    def __init__(self, browser: Browser, address: str, width: int = 1280, lang: str = "en") -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 900})
        self.page: Page = self.context.new_page()
        self._host = urlsplit(address).netloc
        self.complaints: list[str] = []
        self.outside: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type in {"error", "warning"} else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda asked: self.outside.append(asked.url) if urlsplit(asked.url).netloc != self._host else None)
        self.page.goto(f"{address}/?lang={lang}")

    def shows(self, seq: int) -> Page:
        self.page.wait_for_selector(f'html[data-seq="{seq}"]', timeout=SEEN_MS)
        return self.page

    def close(self) -> None:
        self.context.close()
        assert self.complaints == []
        assert self.outside == []


def test_why_a_truck_waits_is_said_in_each_language(browser: Browser, served: tuple[str, SaidByController]) -> None:
    address, controller = served
    controller.say(waiting().status(seq=10))
    tab = Seen(browser, address)
    page = tab.shows(10)
    expect(page.locator("#waits")).to_contain_text("T11 waits: section K2 is locked for T07")
    page.get_by_role("button", name="Tiếng Việt").click()
    expect(page.locator("#waits")).to_contain_text("T11 chờ: phân khu K2 đang khóa cho T07")
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("#waits")).to_contain_text("T11 等待：区段 K2 已为 T07 锁闭")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("#trucks-heading")).to_have_text("车辆")
    tab.close()


def test_a_normal_lane_shows_its_trucks_gates_and_both_local_times(browser: Browser, served: tuple[str, SaidByController]) -> None:
    address, controller = served
    controller.say(crossing().status(seq=20))
    tab = Seen(browser, address)
    page = tab.shows(20)
    expect(page.locator("#alarms")).to_have_text("No alarms")
    expect(page.locator("#trucks tbody")).to_have_count(3)
    expect(page.locator('[data-truck="T07"] text')).to_have_text("T07 ▶")
    expect(page.locator(".signal.proceed text").last).to_have_text("P")
    expect(page.locator(".gate.boom-up")).to_have_count(1)
    expect(page.locator("#times")).to_contain_text("UTC+7")
    expect(page.locator("#times")).to_contain_text("UTC+8")
    expect(page.locator("#plates")).to_contain_text("14C12345")
    tab.close()


def test_an_alarm_shows_its_priority_by_shape_and_digit_and_the_command_that_answers_it(
    browser: Browser, served: tuple[str, SaidByController]
) -> None:
    address, controller = served
    controller.say(failing().status(seq=30))
    tab = Seen(browser, address)
    page = tab.shows(30)
    first = page.locator("#alarms .alarm").first
    expect(first.locator(".mark")).to_have_text("■1")
    expect(first).to_contain_text("vn: boom fault: not down in time")
    expect(first.locator("code")).to_have_text("lanectl reset vn")
    expect(page.locator(".section.suspect")).to_have_count(2)
    expect(page.locator('[data-truck="T07"] text')).to_have_text("T07 !")
    tab.close()


def test_silence_greys_the_picture_and_its_age_counts_up(browser: Browser, served: tuple[str, SaidByController]) -> None:
    address, controller = served
    controller.say(waiting().status(seq=40))
    tab = Seen(browser, address)
    page = tab.shows(40)
    expect(page.locator("#lost")).to_be_visible(timeout=SEEN_MS)
    expect(page.locator("#lost")).to_contain_text("No news from the controller for 3 s", timeout=SEEN_MS)
    expect(page.locator("body")).to_have_class("stale")
    controller.say(waiting().status(seq=41))
    tab.shows(41)
    expect(page.locator("#lost")).to_be_hidden()
    expect(page.locator("body")).to_have_class("live")
    tab.close()


def test_everything_fits_a_telephone(browser: Browser, served: tuple[str, SaidByController]) -> None:
    address, controller = served
    controller.say(failing().status(seq=50))
    for lang in ("vi", "zh", "en"):
        tab = Seen(browser, address, width=390, lang=lang)
        page = tab.shows(50)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        tab.close()


def test_the_keyboard_alone_reaches_the_languages_and_the_alarms_commands(browser: Browser, served: tuple[str, SaidByController]) -> None:
    address, controller = served
    controller.say(failing().status(seq=60))
    tab = Seen(browser, address)
    page = tab.shows(60)
    reached = []
    for _ in range(8):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent"))
    assert reached[:4] == ["To the alarms", "Tiếng Việt", "中文", "English"]
    assert "Copy" in reached
    tab.close()


def test_two_tabs_share_one_stream(browser: Browser, served: tuple[str, SaidByController]) -> None:
    address, controller = served
    controller.say(crossing().status(seq=70))
    context = browser.new_context()
    streams: list[str] = []
    context.on("request", lambda asked: streams.append(asked.url) if asked.url.endswith("/events") else None)
    tabs = [context.new_page() for _ in range(2)]
    for tab in tabs:
        tab.goto(address)
        tab.wait_for_selector('html[data-seq="70"]', timeout=SEEN_MS)
    controller.say(crossing().status(seq=71))
    for tab in tabs:
        tab.wait_for_selector('html[data-seq="71"]', timeout=SEEN_MS)
    context.close()
    assert len(streams) == 1
