"""A plate that is not sure, on the page: its picture, who it may be, the command that ends it, and what else was seen of the truck."""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec import structs
from playwright.sync_api import Browser, expect, sync_playwright

from lanectl.model import Candidate, Match, Sight, SightReported, WeightNow
from sim.camera import CameraView, jpeg, render
from tests.fake_lane import NOW, crossing, read
from tests.real import program
from tests.web.served import SaidByController, served_page
from tests.web.test_page import Seen

CANDIDATES = (Candidate("T11", "14C12345", 0.93), Candidate("T12", "14C12346", 0.07))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = program("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Path, str]:
    """The folder of pictures, and the name of the one that the doubt is about."""
    picture = jpeg(render(CameraView("14C12345")))
    name = sha256(picture).hexdigest()
    (tmp_path / f"{name}.jpg").write_bytes(picture)
    return tmp_path, name


@pytest.fixture
def served(kept: tuple[Path, str]) -> Iterator[tuple[str, SaidByController]]:
    with served_page(kept[0]) as page:
        yield page


@pytest.mark.parametrize("lang", ["en", "vi", "zh"])
def test_who_it_may_be_stands_beside_the_picture_with_the_command_to_type(
    browser: Browser, served: tuple[str, SaidByController], kept: tuple[Path, str], lang: str
) -> None:
    address, controller = served
    doubt = structs.replace(read("vn", Match.UNSURE, "14C12345", score=0.71), candidates=CANDIDATES, evidence=kept[1])
    sights = (SightReported("vn", Sight.REAR, "14R01234", 0.9, kept[1]), SightReported("vn", Sight.CONTAINER, "", 0.4, kept[1]))
    lane = crossing().with_gate("vn", identity=doubt, identity_at=NOW - 4, sights=sights, reading_plate=True)
    lane = replace(lane, lane=structs.replace(lane.lane, weights={"vn": WeightNow(23_450, "", NOW - 2)}))
    controller.say(lane.status(seq=10))
    tab = Seen(browser, address, lang=lang)
    card = tab.shows(10).locator(".plate-card.unsure")

    expect(card.locator(".candidates li")).to_have_count(2)
    expect(card.locator(".candidates li").first).to_contain_text("14C12345 T11 · 93.0 %")
    expect(card.locator(".candidates code").nth(1)).to_have_text("lanectl plate confirm vn --truck T12 --reason WHY")
    expect(card).to_contain_text("14R01234")
    expect(card).to_contain_text("23450 kg")
    expect(card.locator("img")).to_have_js_property("naturalWidth", 960)
    tab.close()


def test_what_is_needed_at_the_rear_and_not_read_stands_there_with_its_picture_and_the_command(
    browser: Browser, served: tuple[str, SaidByController], kept: tuple[Path, str]
) -> None:
    address, controller = served
    rear = SightReported("vn", Sight.REAR, "", 0.4, kept[1], "14R0123", (Candidate("T11", "14R01234", 0.6),))
    lane = crossing().with_gate("vn", identity=None, sights=(rear,), reading_plate=True)
    lane = replace(lane, scene=replace(lane.scene, layout=replace(lane.scene.layout, rear_plate_needed=True)))
    controller.say(lane.status(seq=12))
    tab = Seen(browser, address)
    card = tab.shows(12).locator(".plate-card .candidates")
    expect(card).to_contain_text("14R0123")
    expect(card).to_contain_text("14R01234 T11 · 60.0 %")
    expect(card.locator("code")).to_have_text("lanectl plate confirm vn --truck WHICH --sight rear --text WHAT --reason WHY")
    expect(card.locator("img")).to_have_js_property("naturalWidth", 960)
    tab.close()


def test_a_plate_that_is_sure_has_no_candidates(browser: Browser, served: tuple[str, SaidByController], kept: tuple[Path, str]) -> None:
    address, controller = served
    sure = structs.replace(read("vn", Match.MATCHED, "14C12345", "T11"), evidence=kept[1])
    controller.say(crossing().with_gate("vn", identity=sure, identity_at=NOW - 6).status(seq=11))
    tab = Seen(browser, address)
    expect(tab.shows(11).locator(".candidates")).to_have_count(0)
    tab.close()
