"""What the page's server answers, without a browser."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.fake_lane import waiting
from tests.web.served import SaidByController, served_page

ANSWER_S = 10.0


@pytest.fixture
def page() -> Iterator[tuple[str, SaidByController]]:
    with served_page() as served:
        yield served


def get(address: str, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=ANSWER_S)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer, answer.read()


class Stream:
    """One browser's stream of events."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=ANSWER_S)
        self._connection.request("GET", "/events")
        self._answer = self._connection.getresponse()

    def next(self, kind: str) -> tuple[str, object]:
        """The id and the data of the next event of this kind."""
        found: dict[str, str] = {}
        while True:
            line = self._answer.readline().decode().rstrip("\n")
            assert line or found or self._answer.fp, "the stream ended"
            if line:
                name, _, value = line.partition(": ")
                found[name] = value
            elif found.get("event") == kind:
                return found.get("id", ""), json.loads(found["data"])
            else:
                found = {}

    def close(self) -> None:
        self._connection.close()


def test_every_browser_gets_the_newest_status_over_one_connection_to_the_controller(page: tuple[str, SaidByController]) -> None:
    address, controller = page
    controller.say(waiting().status(seq=7))
    browsers = [Stream(address) for _ in range(5)]
    for browser in browsers:
        number, envelope = browser.next("status")
        assert number == "7"
        assert isinstance(envelope, dict)
        assert envelope["connected"] is True
        assert envelope["status"]["trucks"][2]["waits"]["code"] == "section_locked"
        browser.close()
    assert controller.connections == 1


def test_a_lost_controller_is_told_to_the_browser_and_found_again(page: tuple[str, SaidByController]) -> None:
    address, controller = page
    controller.say(waiting().status(seq=1))
    browser = Stream(address)
    browser.next("status")
    controller.hang_up()
    while browser.next("link")[1] is not False:
        pass
    assert json.loads(get(address, "/status.json")[1])["connected"] is False
    controller.say(waiting().status(seq=2))
    assert browser.next("status")[0] == "2"
    browser.close()


def test_the_status_is_one_json_object_with_its_version_and_age(page: tuple[str, SaidByController]) -> None:
    address, controller = page
    controller.say(waiting().status(seq=3))
    browser = Stream(address)
    browser.next("status")
    envelope = json.loads(get(address, "/status.json")[1])
    browser.close()
    assert envelope["status"]["schema_version"] == 1
    assert envelope["held_s"] < ANSWER_S


def test_before_the_controller_was_heard_there_is_no_status_and_no_error(page: tuple[str, SaidByController]) -> None:
    assert json.loads(get(page[0], "/status.json")[1]) == {"connected": False, "held_s": 0.0, "status": None}


@pytest.mark.parametrize(
    ("asked", "accepted", "tag"), [("?lang=zh", "vi", "zh-CN"), ("", "vi-VN,vi;q=0.9", "vi"), ("?lang=xx", "fr", "en"), ("", "", "en")]
)
def test_the_page_speaks_the_language_that_is_asked_for(page: tuple[str, SaidByController], asked: str, accepted: str, tag: str) -> None:
    _, body = get(page[0], f"/{asked}", **{"Accept-Language": accepted})
    assert f'<html lang="{tag}"' in body.decode()


def test_nothing_may_be_loaded_from_outside_and_nothing_may_frame_the_page(page: tuple[str, SaidByController]) -> None:
    policy = get(page[0], "/")[0].headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_another_name_for_this_host_is_refused(page: tuple[str, SaidByController]) -> None:
    assert get(page[0], "/status.json", Host="evil.example")[0].status == 400


def test_words_of_an_unknown_language_are_not_found(page: tuple[str, SaidByController]) -> None:
    assert get(page[0], "/words/fr.json")[0].status == 404
    assert json.loads(get(page[0], "/words/vi.json")[1])["page.trucks"] == "Xe"


def test_the_picture_of_a_plate_is_found_by_its_hash_and_nothing_else_is(tmp_path: Path) -> None:
    (tmp_path / f"{'ab' * 32}.jpg").write_bytes(b"a plate")
    (tmp_path / "journal.db").write_bytes(b"not for browsers")
    with served_page(tmp_path) as (address, _):
        assert get(address, f"/evidence/{'ab' * 32}")[1] == b"a plate"
        for wrong in ("cd" * 32, "journal.db", "..%2Fpasswd", "%2e%2e"):
            assert get(address, f"/evidence/{wrong}")[0].status == 404


def test_a_server_that_ends_lets_no_open_stream_hold_it() -> None:
    with served_page() as (address, controller):
        controller.say(waiting().status(seq=1))
        browser = Stream(address)
        browser.next("status")
    browser.close()
