"""The master of a serial line: what it believes, when it is quiet, and what never waits."""

from itertools import pairwise
from random import Random

import pytest

from drivers.bus import BLIND_REPEAT_S, LONGEST_LATENCY_S, PERMIT_S, TIMEOUT_S, Bus
from drivers.wire.modbus_rtu import Function, ReadBits, ReadRegisters, Refused, Registers, Request, Response, WriteCoil, Written
from lanectl.model import BoomMove, LinkLost, SetBoom
from tests.drivers.serial_line import Faulty, Line, Numbered, Probe, Way, byte_at_a_time, perfect

STOP = WriteCoil(0, True)
UP = WriteCoil(1, True)


def line_with(*probes: Probe, answer: Numbered | None = None, way: Way = perfect) -> Line:
    line = Line(Bus("bench", 38400, probes), answer or Numbered(), way)
    line.bus.back(0.0)
    return line


@pytest.mark.parametrize("way", [perfect, byte_at_a_time])
def test_a_good_line_is_polled_ten_times_a_second(way: Way) -> None:
    probe, unit = Probe(), Numbered()
    line = line_with(probe, answer=unit, way=way)
    line.on(10.0)
    assert line.reports == []
    assert 140 <= len(probe.believed) <= 200
    assert all(unit.gave(believed) for believed in probe.believed)


FAULTS = ["lost", "late", "doubled", "corrupt", "cut", "longer", "foreign"]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", FAULTS)
def test_no_read_is_ever_believed_that_the_unit_did_not_give_to_this_very_request(kind: str, seed: int) -> None:
    print(f"seed {seed}")
    probe, unit = Probe(), Numbered()
    line = line_with(probe, answer=unit, way=Faulty(Random(seed), (kind,)))
    line.on(300.0)
    assert len(probe.believed) > 200
    assert [believed for believed in probe.believed if not unit.gave(believed)] == []


@pytest.mark.parametrize("seed", range(4))
def test_another_master_on_the_line_is_never_believed_beside_broken_frames(seed: int) -> None:
    """Only two forged answers in a row, each before the true one, could pass: no master could tell."""
    print(f"seed {seed}")
    probe, unit = Probe(), Numbered()
    kinds = ("corrupt", "cut", "longer", "foreign")
    line = line_with(probe, answer=unit, way=Faulty(Random(seed), kinds))
    line.on(600.0)
    assert len(line.sent) > 1500
    assert [believed for believed in probe.believed if not unit.gave(believed)] == []


@pytest.mark.parametrize("seed", range(4))
def test_losses_beside_all_other_faults_are_never_believed(seed: int) -> None:
    """With the true answer gone without a trace, only a double from before the last read of this shape could pass for it."""
    print(f"seed {seed}")
    probe, unit = Probe(), Numbered()
    kinds = ("lost", "late", "doubled", "corrupt", "cut", "longer", "stranger")
    line = line_with(probe, answer=unit, way=Faulty(Random(seed), kinds, doubled_s_max=0.08))
    line.on(600.0)
    assert len(line.sent) > 1500
    assert [believed for believed in probe.believed if not unit.gave(believed)] == []


@pytest.mark.parametrize("latency_s", [0.2, 0.3, 0.45, 0.6, 0.9])
def test_a_late_clear_is_never_taken_for_the_next_answer(latency_s: float) -> None:
    """Seen with another master: unit latency 0.45 s, time-out 0.30 s, and a late "clear" came back as the answer to the next read."""
    probe, unit = Probe(), Numbered()

    def late_for_a_while(at: float, answer: bytes, line: Line) -> list[tuple[float, bytes]]:
        slow = 2.0 < line.now < 12.0
        return [(line.in_turn(at + (latency_s if slow else 0.0)), answer)]

    line = line_with(probe, answer=unit, way=lambda at, answer, line: iter(late_for_a_while(at, answer, line)))
    line.on(20.0)
    assert line.lost()[0] == "probe"
    assert all(unit.gave(believed) for believed in probe.believed)
    assert max(believed.sent_at for believed in probe.believed) > 19.0


def test_after_a_timeout_the_line_is_quiet_for_the_longest_latency() -> None:
    probe, unit = Probe(), Numbered()
    line = line_with(probe, answer=unit)
    line.on(1.0)
    unit.deaf_until = 1.5
    line.on(3.0)
    lost_at = next(at for at, report in line.reports if isinstance(report, LinkLost))
    asked = [at for at, _, _ in line.sent]
    unanswered = max(at for at in asked if at < lost_at)
    assert lost_at == pytest.approx(unanswered + TIMEOUT_S)
    assert min(at for at in asked if at > lost_at) >= lost_at + LONGEST_LATENCY_S


def test_what_waited_for_its_fence_when_the_unit_fell_silent_is_not_believed() -> None:
    probe, unit = Probe(), Numbered()
    line = line_with(probe, answer=unit)
    line.on(1.0)
    unit.deaf_until = float("inf")
    before = len(probe.believed)
    line.on(5.0)
    assert len(probe.believed) <= before + 1
    assert line.lost() == ["probe"]


def test_a_word_that_nobody_asked_for_makes_the_unit_unknown() -> None:
    probe = Probe()
    line = line_with(probe)
    line.on(1.0)
    line.arrive(1.07, bytes.fromhex("01 02 01 00 A1 88"))
    line.on(1.2)
    assert line.lost() == ["probe"]
    assert line.bus.errors["unasked"] + line.bus.errors["function"] == 1


# ---------------------------------------------------------------- permits


def test_without_a_completed_step_nothing_is_polled() -> None:
    probe = Probe()
    line = line_with(probe)
    line.permits = False
    line.on(5.0)
    assert line.sent == []


def test_polls_end_soon_after_the_last_completed_step() -> None:
    probe = Probe()
    line = line_with(probe)
    line.on(2.0)
    line.permits = False
    line.on(10.0)
    assert 2.0 < max(at for at, _, _ in line.sent) < 2.0 + PERMIT_S


def test_an_order_from_before_a_hang_waits_for_the_next_completed_step() -> None:
    line = line_with(Probe())
    line.on(2.0)
    line.permits = False
    line.on(9.0)
    line.ask(SetBoom("probe", BoomMove.UP))
    line.on(12.0)
    assert UP not in [request for _, _, request in line.sent]
    line.permits = True
    line.on(12.1)
    assert UP in [request for _, _, request in line.sent]


def test_what_is_overdue_without_a_permit_is_no_reason_to_wake() -> None:
    """Found by a soak: woken for a poll that was due before the permit ended, it asked to be woken then, again and again."""
    bus = Bus("bus", 9600, [Probe()])
    bus.back(0.0)  # the line is kept quiet first
    bus.permit(LONGEST_LATENCY_S / 2)
    assert bus.wake_at < LONGEST_LATENCY_S / 2 + PERMIT_S
    bus.wake(9.0)  # the machine stood still meanwhile
    assert (bus.output(), bus.wake_at) == (b"", float("inf"))


def test_a_stop_needs_no_permit() -> None:
    probe = Probe()
    line = line_with(probe)
    line.permits = False
    line.on(1.0)
    line.ask(SetBoom("probe", BoomMove.STOP, urgent=True))
    assert line.sent == [(1.0, 1, STOP)]


# ---------------------------------------------------------------- stop never waits


@pytest.mark.parametrize("seed", range(20))
def test_a_stop_goes_out_next_after_the_request_in_flight(seed: int) -> None:
    print(f"seed {seed}")
    line = line_with(Probe("a", 1), Probe("b", 2))
    asked_at = Random(seed).uniform(1.0, 2.0)
    line.on(asked_at)
    in_flight = len(line.sent)
    line.ask(SetBoom("a", BoomMove.STOP, urgent=True))
    line.on(asked_at + TIMEOUT_S)
    assert line.sent[in_flight][2] == STOP
    assert line.sent[in_flight][0] - asked_at < 0.03


def test_a_stop_waits_one_timeout_at_most_and_breaks_the_quiet_time() -> None:
    probe, unit = Probe(), Numbered()
    line = line_with(probe, answer=unit)
    line.on(1.0)
    unit.deaf_until = 1.4
    line.on(1.1)
    line.ask(SetBoom("probe", BoomMove.STOP, urgent=True))
    line.on(3.0)
    stop_at = next(at for at, _, request in line.sent if request == STOP)
    assert stop_at - 1.1 <= TIMEOUT_S
    assert all(unit.gave(believed) for believed in probe.believed)
    assert max(believed.sent_at for believed in probe.believed) > 2.5


def test_a_stop_repeated_to_a_dead_unit_does_not_starve_its_neighbour() -> None:
    dead, living = Probe("dead", 4), Probe("living", 1)
    line = line_with(dead, living)
    for tick in range(100):
        line.on(0.1 * tick)
        line.ask(SetBoom("dead", BoomMove.STOP, urgent=True))
    stops = [at for at, _, request in line.sent if request == STOP]
    assert max(later - earlier for earlier, later in pairwise(stops)) < BLIND_REPEAT_S + TIMEOUT_S
    heard = [believed.sent_at for believed in living.believed if believed.sent_at > 3.0]
    assert max(later - earlier for earlier, later in pairwise(heard)) < 0.9
    assert len(heard) > 30


def test_what_gives_authority_is_dropped_with_its_unit_and_not_sent_later() -> None:
    probe, unit = Probe(), Numbered()
    line = line_with(probe, answer=unit)
    line.on(1.0)
    unit.deaf_until = 2.0
    line.on(1.11)
    line.ask(SetBoom("probe", BoomMove.UP))
    line.on(5.0)
    assert line.lost() == ["probe"]
    assert UP not in [request for _, _, request in line.sent]


# ---------------------------------------------------------------- several units


def test_units_share_a_line_fairly() -> None:
    probes = [Probe("a", 1), Probe("b", 2), Probe("c", 3)]
    line = line_with(*probes)
    line.on(10.0)
    counts = [len(probe.believed) for probe in probes]
    assert max(counts) - min(counts) <= 2
    assert min(counts) > 100


def test_a_dead_unit_costs_its_neighbours_a_bounded_time() -> None:
    dead, living = Probe("dead", 4), Probe("living", 1)
    line = line_with(dead, living)
    line.on(60.0)
    heard = [believed.sent_at for believed in living.believed]
    gaps = [later - earlier for earlier, later in pairwise(heard)]
    assert max(gaps) < TIMEOUT_S + LONGEST_LATENCY_S + 0.15
    assert len(living.believed) > 700  # of 920 on a line without it
    assert line.lost() == ["dead"]


def test_a_command_for_no_unit_of_this_line_is_told_so() -> None:
    assert not line_with(Probe()).ask(SetBoom("elsewhere", BoomMove.STOP, urgent=True))


# ---------------------------------------------------------------- raw requests


class Memory(Numbered):
    def __call__(self, now: float, request: Request) -> Response | None:
        if isinstance(request, ReadRegisters) and request.address == 7:
            return Registers((404,) * request.count)
        if isinstance(request, ReadBits):
            return Refused(2)
        return super().__call__(now, request)


def test_a_raw_read_is_answered_once_it_was_fenced() -> None:
    line = line_with(Probe(), answer=Memory())
    line.on(1.0)
    answers: list[Response | str] = []
    line.bus.request(line.now, "probe", ReadRegisters(Function.READ_HOLDING, 7, 9), answers.append)
    line.carry()
    line.on(1.3)
    assert answers == [Registers((404,) * 9)]
    assert line.lost() == []


def test_raw_reads_of_one_shape_are_each_told_apart_by_a_poll_between_them() -> None:
    line = line_with(Probe(), answer=Memory())
    line.on(1.0)
    answers: list[Response | str] = []
    for _ in range(5):
        line.bus.request(line.now, "probe", ReadRegisters(Function.READ_HOLDING, 7, 1), answers.append)
    line.bus.request(line.now, "probe", WriteCoil(9, True), answers.append)
    line.on(2.0)
    assert answers.count(Registers((404,))) == 5
    assert answers.count(Written()) == 1


def test_a_raw_request_that_is_refused_or_unanswered_says_so() -> None:
    line = line_with(Probe(), Probe("dead", 4), answer=Memory())
    line.on(1.0)
    answers: list[Response | str] = []
    line.bus.request(line.now, "probe", ReadBits(Function.READ_COILS, 0, 1), answers.append)
    line.bus.request(line.now, "nobody", STOP, answers.append)
    line.on(1.5)
    line.bus.request(line.now, "dead", STOP, answers.append)
    line.on(5.0)
    assert Refused(2) in answers
    assert "nobody is no unit on bench" in answers
    assert "no answer within 0.15 s" in answers


def test_a_raw_request_without_a_permit_is_given_up_in_time() -> None:
    line = line_with(Probe())
    line.permits = False
    answers: list[Response | str] = []
    line.bus.request(0.0, "probe", STOP, answers.append)
    line.on(6.0)
    assert answers == ["no free line or no permit within 5 s"]


# ---------------------------------------------------------------- the port


def test_a_lost_port_makes_all_its_units_unknown_and_ends_what_waits() -> None:
    line = line_with(Probe("a", 1), Probe("b", 2))
    line.on(1.0)
    answers: list[Response | str] = []
    line.bus.request(1.0, "a", STOP, answers.append)
    assert line.bus.gone(1.0, "unplugged") == [LinkLost("a", "unplugged"), LinkLost("b", "unplugged")]
    assert answers == ["unplugged"]
    assert line.bus.wake_at == float("inf")
    assert line.bus.gone(1.5, "unplugged") == []


def test_a_port_that_is_back_is_quiet_first_then_polled() -> None:
    probe = Probe()
    line = line_with(probe)
    line.on(1.0)
    line.bus.gone(1.0, "unplugged")
    line.bus.back(2.0)
    line.on(4.0)
    assert 2.0 + LONGEST_LATENCY_S <= min(at for at, _, _ in line.sent if at > 1.0) < 2.5


def test_on_a_faster_clock_a_slow_machine_is_not_a_silent_unit() -> None:
    """Three times as fast, an answer after 0.1 s of the machine's time takes 0.3 s of the clock."""
    bus = Bus("bus", 9600, [Probe()], pace=3.0)
    bus.back(0.0)
    bus.permit(LONGEST_LATENCY_S)
    assert bus.output() != b""
    assert bus.wake_at == pytest.approx(LONGEST_LATENCY_S + 3.0 * TIMEOUT_S)
