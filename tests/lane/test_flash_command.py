"""The commands: what a technician sees, what the exit code says, what lands in the journal."""

import asyncio
import errno
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from msgspec import structs
from typer.testing import CliRunner
from typer.testing import Result as Ran

from lanectl.commands import check, flash
from lanectl.flash import from_text, to_json
from lanectl.flashing import Flashing
from lanectl.interlocking.flashing import flash_refusals
from lanectl.model import Lane, SectionNow, SectionState, Service
from lanectl.operating import serve
from lanectl.persons import Denied, Proof
from lanectl.site.facts import Role
from tests.flash_bench import SITE, UNIT, Bench, as_configured, as_delivered
from tests.site_files import SHIPPED, site_with

APP = typer.Typer()
check.register(APP)
flash.register(APP)

CLOSED = Lane(service=Service.CLOSED, sections={s.name: SectionNow(SectionState.VACANT) for s in SITE.layout.sections})


class Controller:
    """A controller with one module, a lane and a journal that is a list."""

    def __init__(self, bench: Bench, lane: Lane) -> None:
        self.bench = bench
        self.lane = lane
        self.notes: list[Mapping[str, object]] = []
        self.flashing = Flashing(SITE, lambda _: bench, lambda: self.lane, self.notes.append, _technician_only)


async def _technician_only(roles: frozenset[Role], by: str, second: str, proof: Proof) -> Denied | None:
    await asyncio.sleep(0)
    return None if by == "lan" else Denied("person_unknown", (("person", by),))


@contextmanager
def running(path: Path, controller: Controller) -> Iterator[None]:
    """The controller's socket, served from a loop of its own until the test is done."""
    loop = asyncio.new_event_loop()
    served = threading.Thread(target=loop.run_forever)
    served.start()
    operating = asyncio.run_coroutine_threadsafe(serve(path, controller.flashing.handlers()), loop).result(5)
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(operating.close(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        served.join(5)
        loop.close()


@pytest.fixture
def socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LANECTL_SOCKET", str(tmp_path / "l.sock"))
    return tmp_path / "l.sock"


def run(*arguments: object) -> Ran:
    return CliRunner().invoke(APP, [str(a) for a in arguments])


def test_plan_apply_and_verify_bring_a_module_as_delivered_into_service(socket: Path, tmp_path: Path) -> None:
    controller, kept = Controller(as_delivered(), CLOSED), tmp_path / "vn.plan"

    with running(socket, controller):
        before = run("flash", "verify", SHIPPED, "--unit", UNIT)
        planned = run("flash", "plan", SHIPPED, "--gate", "vn", "-o", kept)
        done = run("flash", "apply", kept, "--by", "lan", "--reason", "new module")
        after = run("flash", "verify", SHIPPED, "--gate", "vn")
        again = run("flash", "plan", SHIPPED, "--unit", UNIT)

    assert [ran.exit_code for ran in (before, planned, done, after, again)] == [6, 4, 0, 0, 0]
    assert "PLAN ONLY — nothing changed" in planned.stderr
    assert [line[:5] for line in done.stderr.split("\n")[:5]] == ["[1/5]", "[2/5]", "[3/5]", "[4/5]", "[5/5]"]
    assert "APPLIED" in done.stderr
    assert [note["flash"] for note in controller.notes] == ["verify", "plan", "apply", "ended", "verify", "plan"]
    assert (controller.notes[2]["by"], controller.notes[2]["reason"], controller.notes[3]["outcome"]) == ("lan", "new module", "APPLIED")


def test_json_is_one_object_a_line_on_stdout(socket: Path, tmp_path: Path) -> None:
    kept = tmp_path / "vn.plan"

    with running(socket, Controller(as_delivered(), CLOSED)):
        planned = run("flash", "plan", SHIPPED, "--unit", UNIT, "-o", kept, "--json")
        done = run("flash", "apply", kept, "--by", "lan", "--json")

    lines = [json.loads(line) for line in done.stdout.split("\n") if line]
    assert json.loads(planned.stdout)["schema_version"] == 1
    assert [line["progress"]["step"] for line in lines[:-1]] == [1, 2, 3, 4, 5]
    assert (lines[-1]["outcome"], lines[-1]["done"]) == ("APPLIED", True)


def test_an_open_lane_refuses_in_the_interlocking_words(socket: Path, tmp_path: Path) -> None:
    controller, kept = Controller(as_delivered(), structs.replace(CLOSED, service=Service.OPEN)), tmp_path / "vn.plan"

    with running(socket, controller):
        run("flash", "plan", SHIPPED, "--unit", UNIT, "-o", kept)
        refused = run("flash", "apply", kept, "--by", "lan")

    assert refused.exit_code == 8
    assert "! the lane is open: close it first (T5)" in refused.stderr
    assert controller.bench.writes == []
    assert flash_refusals(SITE.layout, controller.lane, "lan", "")


def test_a_plan_for_a_unit_that_is_not_here_is_refused_and_the_controller_lives_on(socket: Path, tmp_path: Path) -> None:
    """Anybody can compute a plan's hash: that it fits says nothing of what is in it."""
    controller, kept = Controller(as_delivered(), CLOSED), tmp_path / "vn.plan"
    with running(socket, controller):
        run("flash", "plan", SHIPPED, "--unit", UNIT, "-o", kept)
        plan = replace(from_text(kept.read_text(encoding="utf-8")), unit="nobody")
        kept.write_text(json.dumps(to_json(plan)), encoding="utf-8")
        refused = run("flash", "apply", kept, "--by", "lan", "--reason", "watchdog 2 s")
    assert refused.exit_code == 2
    assert "there is no input/output module nobody" in refused.stderr
    assert controller.bench.writes == []


def test_two_that_flash_at_the_same_moment_do_not_write_into_each_other() -> None:
    """Both are looked up in the list of persons, which takes its time, before either begins."""
    controller = Controller(as_delivered(), CLOSED)
    handlers = controller.flashing.handlers()

    async def last(request: Mapping[str, object]) -> Mapping[str, object]:
        replies = [reply async for reply in handlers[str(request["kind"])](request, 1000)]
        return replies[-1]

    async def both() -> list[Mapping[str, object]]:
        planned = await last({"kind": "flash-plan", "unit": UNIT})
        request = {"kind": "flash-apply", "plan": planned["plan"], "by": "lan", "reason": "watchdog 2 s"}
        return list(await asyncio.gather(last(request), last(request)))

    replies = asyncio.run(both())
    assert sorted(str(reply.get("outcome", "busy")) for reply in replies) == ["APPLIED", "busy"]


def test_a_person_who_may_not_is_not_permitted(socket: Path, tmp_path: Path) -> None:
    controller, kept = Controller(as_delivered(), CLOSED), tmp_path / "vn.plan"

    with running(socket, controller):
        run("flash", "plan", SHIPPED, "--unit", UNIT, "-o", kept)
        denied = run("flash", "apply", kept, "--by", "mallory")

    assert (denied.exit_code, controller.bench.writes) == (9, [])
    assert controller.notes[-1]["denied"] == "person_unknown"


def test_a_module_that_forgets_is_rolled_back_and_the_reason_is_kept(socket: Path, tmp_path: Path) -> None:
    controller, kept = Controller(as_delivered(), CLOSED), tmp_path / "vn.plan"
    controller.bench.module.forgetful = True

    with running(socket, controller):
        run("flash", "plan", SHIPPED, "--unit", UNIT, "-o", kept)
        rolled_back = run("flash", "apply", kept, "--by", "lan")

    assert rolled_back.exit_code == 7
    assert "ROLLED BACK" in rolled_back.stderr
    assert "instead of" in str(controller.notes[-1]["reason"])


def test_a_module_that_does_not_answer_is_unreachable(socket: Path) -> None:
    controller = Controller(as_delivered(), CLOSED)
    controller.bench.unplugged = True

    with running(socket, controller):
        assert run("flash", "verify", SHIPPED, "--unit", UNIT).exit_code == 5


def test_without_a_controller_the_remedy_is_said(socket: Path) -> None:
    unreachable = run("flash", "plan", SHIPPED, "--unit", UNIT)

    assert unreachable.exit_code == 5
    assert "lanectl run" in unreachable.stderr


def test_another_configuration_than_the_controllers_is_named(socket: Path, tmp_path: Path) -> None:
    other = site_with(tmp_path, ("site.toml", "places_beyond = 6", "places_beyond = 5"))

    with running(socket, Controller(as_configured(), CLOSED)):
        refused = run("flash", "plan", other, "--unit", UNIT)

    assert refused.exit_code == 1
    assert "another configuration" in refused.stderr


@pytest.mark.parametrize("where", ["nowhere/vn.plan", ".", "l.sock"])
def test_a_plan_that_cannot_be_kept_is_said_and_leaves_nothing_behind(where: str, socket: Path, tmp_path: Path) -> None:
    with running(socket, Controller(as_delivered(), CLOSED)):
        failed = run("flash", "plan", SHIPPED, "--unit", UNIT, "-o", tmp_path / where)

    assert failed.exit_code == 1
    assert "Nothing was changed" in failed.stderr
    assert not list(tmp_path.glob("**/*.part"))


def test_a_full_disk_is_said_and_leaves_nothing_behind(socket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("lanectl.commands.flash.os.fsync", full)
    with running(socket, Controller(as_delivered(), CLOSED)):
        failed = run("flash", "plan", SHIPPED, "--unit", UNIT, "-o", tmp_path / "vn.plan")

    assert failed.exit_code == 1
    assert "No space left on device. Nothing was changed" in failed.stderr
    assert not list(tmp_path.glob("vn.plan*"))


@pytest.mark.parametrize("options", [(), ("--unit", "io-vn", "--gate", "vn"), ("--unit", "io-nn"), ("--gate", "north")])
def test_a_module_that_is_not_named_or_not_known_is_a_matter_of_usage(options: tuple[str, ...]) -> None:
    ran = run("flash", "verify", SHIPPED, *options)

    assert ran.exit_code == 2
    assert "io-vn, io-cn" in ran.stderr or "vn, cn" in ran.stderr


def test_a_wrong_configuration_shows_all_its_problems_first(tmp_path: Path) -> None:
    ran = run("flash", "plan", site_with(tmp_path, ("gate-cn.toml", "watchdog_s", "watchdogs")), "--unit", UNIT)

    assert ran.exit_code == 3
    assert "C012" in ran.stderr


@pytest.mark.parametrize("text", ["", "no plan", '{"schema_version": 1}'])
def test_a_file_that_is_no_plan_is_a_matter_of_usage(text: str, tmp_path: Path) -> None:
    kept = tmp_path / "vn.plan"
    kept.write_text(text)

    assert run("flash", "apply", kept, "--by", "lan").exit_code == 2
    assert run("flash", "apply", tmp_path / "none.plan", "--by", "lan").exit_code == 2


def test_check_says_that_all_is_well_and_what_it_found() -> None:
    ran = run("check", SHIPPED)

    assert ran.exit_code == 0
    assert "bac-luan-2: no problems. 2 gates, 8 sections" in ran.stderr
    assert ran.stdout == ""


def test_check_shows_problems_on_stderr_or_as_json_on_stdout(tmp_path: Path) -> None:
    folder = site_with(tmp_path, ("gate-cn.toml", "watchdog_s", "watchdogs"))

    words, data = run("check", folder), run("check", folder / "gate-cn.toml", "--json")

    assert words.exit_code == data.exit_code == 3
    assert words.stderr.endswith("1 problem. Nothing was changed.\n")
    assert [p["code"] for p in json.loads(data.stdout)["problems"]] == ["C012"]


def test_a_file_beside_the_site_that_is_not_of_it_is_not_passed(tmp_path: Path) -> None:
    folder = site_with(tmp_path)
    (folder / "gate-old.toml").write_text("[gate]\n")

    assert run("check", folder / "gate-old.toml").exit_code == 3


def test_explain_knows_every_code_in_any_case_and_names_the_nearest_otherwise() -> None:
    assert "did you" not in run("explain", "c012").stdout
    assert run("explain", "C012").stdout.startswith("C012  A key is unknown.")
    assert run("explain", "C0122").exit_code == 2
    assert "C012" in run("explain", "C0122").stderr
