"""Acts from the command line: one sentence of what happened, and an exit code that a script can trust."""

import asyncio
import json
import threading
from collections.abc import AsyncGenerator, Iterator, Mapping
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from lanectl.commands import acts, truck
from lanectl.interlocking import refusals
from lanectl.operating import Reply, serve
from lanectl.status.mends import REFUSALS

DEADLINE_S = 10.0
SOCKETS = ("LANECTL_SOCKET", "LANECTL_BY", "LANECTL_PIN", "LANECTL_SECOND_PIN", "LANECTL_LANG")
REFUSED = {"code": "watchdog_tripped", "subject": "OPEN", "invariant": "S6", "params": {"unit": "io-vn"}}


class Controller:
    """Answers every act with `replies`, in a thread of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.asked: list[Mapping[str, object]] = []
        self.replies: list[Reply] = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._end = asyncio.Event()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve()))
        self._thread.start()
        assert self._ready.wait(DEADLINE_S)

    async def _serve(self) -> None:
        opened = await serve(self.path, {"act": self._act})
        self._ready.set()
        await self._end.wait()
        await opened.close()

    async def _act(self, request: Mapping[str, object], uid: int) -> AsyncGenerator[Reply, None]:
        self.asked.append(request)
        what = {"act": request["act"], "target": request["target"]}
        for reply in self.replies or [{**what, "accepted": True, "seq": 1}, {**what, "shown": True}, {"outcome": "done", "done": True}]:
            yield reply

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(DEADLINE_S)
        self._loop.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in SOCKETS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("LANECTL_BY", "Lan")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    return tmp_path / "lanectl"


@pytest.fixture
def controller(folder: Path) -> Iterator[Controller]:
    running = Controller(folder / "bac-luan-2.sock")
    yield running
    running.end()


def lanectl(*arguments: str) -> Result:
    app = typer.Typer()
    acts.register(app)
    truck.register(app)
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize(
    ("arguments", "asked", "sentence"),
    [
        (["open"], {"act": "OPEN", "target": ""}, "The lane is open."),
        (["close", "--reason", "fog"], {"act": "CLOSE", "target": "", "reason": "fog"}, "No new truck enters"),
        (["stop"], {"act": "STOP", "target": ""}, "STOP everywhere"),
        (["reset"], {"act": "RESET", "target": ""}, "The emergency stop is reset"),
        (["reset", "vn"], {"act": "RESET", "target": "vn"}, "vn is reset."),
        (["rearm"], {"act": "REARM", "target": ""}, "armed and proved"),
        (["sweep", "T01", "--by", "Minh"], {"act": "SWEEP", "target": "T01", "by": "Minh"}, "T01 sweeps the lane"),
        (["truck", "pause", "T01"], {"act": "PAUSE", "target": "T01"}, "T01 is paused"),
        (["truck", "resume", "T01"], {"act": "RESUME", "target": "T01"}, "T01 goes on"),
        (["truck", "cancel", "T01"], {"act": "CANCEL", "target": "T01"}, "T01 has no way any more"),
        (["truck", "release", "T01"], {"act": "RESET", "target": "T01"}, "T01 is reset."),
        (["truck", "init-position", "T01", "K1-stop"], {"act": "PLACE", "target": "T01", "place": "K1-stop"}, "T01 took its place."),
        (["declare", "--all"], {"act": "DECLARE", "target": "*"}, "declared vacant"),
    ],
)
def test_an_act_is_one_command_and_one_sentence(controller: Controller, arguments: list[str], asked: dict[str, str], sentence: str) -> None:
    result = lanectl(*arguments)
    assert result.exit_code == 0
    assert sentence in result.stderr
    assert result.stdout == ""
    assert controller.asked[0].items() >= {"kind": "act", "by": "Lan", **asked}.items()


def test_several_sections_are_declared_one_after_another(controller: Controller) -> None:
    arguments = ["--second", "Minh", "--pin", "2580", "--second-pin", "1379", "--reason", "walked it", "--evidence", "photo 12"]
    assert lanectl("declare", "K1", "K2", *arguments).exit_code == 0
    assert [asked["target"] for asked in controller.asked] == ["K1", "K2"]
    assert controller.asked[0].items() >= {"second": "Minh", "pin": "2580", "second_pin": "1379", "evidence": "photo 12"}.items()


def test_pins_can_come_from_the_environment(controller: Controller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANECTL_PIN", "2580")
    monkeypatch.setenv("LANECTL_SECOND_PIN", "1379")
    assert lanectl("declare", "K1", "--second", "Minh").exit_code == 0
    assert controller.asked[0].items() >= {"pin": "2580", "second_pin": "1379"}.items()


def test_a_refusal_exits_with_8_says_why_and_what_mends_it(controller: Controller) -> None:
    controller.replies = [
        {"act": "OPEN", "target": "", "accepted": False, "seq": 3, "refusals": [REFUSED]},
        {"outcome": "refused", "done": True},
    ]
    result = lanectl("open")
    assert result.exit_code == 8
    assert "io-vn" in result.stderr
    assert "lanectl rearm" in result.stderr
    assert "io-vn" in lanectl("open", "--lang", "zh").stderr


@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_that_can_be_mended_is_told_with_its_command(controller: Controller, code: str) -> None:
    kind = next(kind for kind in refusals.ALL if kind.code == code)
    refusal = {"code": code, "subject": "SWEEP", "invariant": kind.invariant, "params": {name: f"the-{name}" for name in kind.params}}
    controller.replies = [
        {"act": "SWEEP", "target": "T01", "accepted": False, "seq": 3, "refusals": [refusal]},
        {"outcome": "refused", "done": True},
    ]
    result = lanectl("sweep", "T01")
    assert (result.exit_code, result.exception and type(result.exception)) == (8, SystemExit)
    told = REFUSALS[code].format_map({"subject": "T01", **{name: f"the-{name}" for name in kind.params}})
    assert " ".join(f"→ {told}".split()) in " ".join(result.stderr.split())


def test_who_may_not_is_told_with_9(controller: Controller) -> None:
    controller.replies = [{"outcome": "denied", "denied": {"code": "person_unknown", "params": {"person": "Lan"}}, "done": True}]
    result = lanectl("open")
    assert result.exit_code == 9
    assert "Lan is not known here" in result.stderr


def test_what_the_lane_does_not_show_is_told_with_1(controller: Controller) -> None:
    controller.replies = [{"act": "REARM", "target": "io-vn", "shown": False}, {"outcome": "not_shown", "done": True}]
    result = lanectl("rearm", "io-vn")
    assert result.exit_code == 1
    assert "does not show it yet" in result.stderr


def test_what_a_module_did_not_prove_is_told_with_its_reason_and_1(controller: Controller) -> None:
    said = {"act": "REARM", "target": "io-vn", "shown": False, "why": "the watchdog did not trip"}
    controller.replies = [said, {"outcome": "not_shown", "done": True}]
    result = lanectl("rearm", "io-vn")
    assert result.exit_code == 1
    assert "the module did not prove it: the watchdog did not trip" in result.stderr


def test_where_a_truck_stands_between_two_nodes_is_told_in_metres(controller: Controller) -> None:
    assert lanectl("truck", "init-position", "T01", "vn-gate", "--x", "-4.5").exit_code == 0
    assert controller.asked[0]["x_m"] == -4.5


def test_what_the_truck_itself_did_not_do_is_told_with_its_reason_and_1(controller: Controller) -> None:
    controller.replies = [{"act": "PLACE", "target": "T01", "shown": False, "why": "sees no wall"}, {"outcome": "not_shown", "done": True}]
    result = lanectl("truck", "init-position", "T01", "vn-gate")
    assert result.exit_code == 1
    assert "the truck did not do it: sees no wall" in result.stderr


def test_nothing_to_do_is_no_failure(controller: Controller) -> None:
    controller.replies = [{"outcome": "nothing", "done": True}]
    assert lanectl("rearm").exit_code == 0


def test_an_error_of_the_controller_is_told(controller: Controller) -> None:
    controller.replies = [{"error": {"code": "malformed", "text": "act is none of OPEN"}, "done": True}]
    result = lanectl("open")
    assert result.exit_code == 1
    assert "act is none of OPEN" in result.stderr


def test_replies_can_be_read_by_a_program(controller: Controller) -> None:
    lines = [json.loads(line) for line in lanectl("open", "--json").stdout.splitlines()]
    assert lines[-1] == {"schema_version": 1, "outcome": "done", "done": True}


def test_without_a_controller_it_exits_with_5(folder: Path) -> None:
    result = lanectl("stop")
    assert result.exit_code == 5
    assert "no controller runs here" in result.stderr


def test_a_stop_reaches_every_controller_and_nothing_else_guesses(controller: Controller, folder: Path) -> None:
    second = Controller(folder / "demo.sock")
    try:
        assert lanectl("open").exit_code == 2
        assert "Several controllers run here" in lanectl("open").stderr
        assert lanectl("open", "--socket", str(folder / "demo.sock")).exit_code == 0
        assert lanectl("stop").exit_code == 0
    finally:
        second.end()
    assert [asked["act"] for asked in controller.asked] == ["STOP"]
    assert [asked["act"] for asked in second.asked] == ["OPEN", "STOP"]


def test_a_section_or_all_must_be_named(controller: Controller) -> None:
    assert lanectl("declare").exit_code == 2
    assert lanectl("declare", "K1", "--all").exit_code == 2
    assert lanectl("open", "--lang", "fr").exit_code == 2
    assert controller.asked == []
