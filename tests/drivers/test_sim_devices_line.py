"""A simulated line: units hear whole frames, answer in the wire's own time, and can be late, garbled or silent."""

import pytest

from drivers.wire.modbus_rtu import crc, encode_request
from drivers.wire.r1214_io import READ_INPUTS, set_watchdog_timeout
from sim.io_module import Module
from sim.line import Line
from sim.plan import ModulePlan, PortPlan

ASK = encode_request(1, READ_INPUTS)


def module(address: int = 1, baud: int = 9600) -> Module:
    return Module(ModulePlan(f"io-{address}", "port", address, ("",) * 6), baud)


def line(*units: Module, baud: int = 9600, wire_time: bool = True) -> Line:
    return Line(PortPlan("port", "/nowhere", baud, wire_time), units or (module(),))


@pytest.mark.parametrize(("baud", "least_s", "most_s"), [(9600, 0.022, 0.027), (19200, 0.013, 0.017), (38400, 0.009, 0.0125)])
def test_an_answer_takes_as_long_as_on_a_real_wire(baud: int, least_s: float, most_s: float) -> None:
    (answer,) = line(module(baud=baud), baud=baud).receive(10.0, ASK)
    assert least_s < answer.due - 10.0 < most_s


def test_without_wire_time_only_the_turnaround_is_waited() -> None:
    (answer,) = line(wire_time=False).receive(10.0, ASK)
    assert answer.due == pytest.approx(10.005)


def test_a_frame_that_comes_byte_by_byte_is_answered_once() -> None:
    wire = line()
    heard = [wire.receive(place * 0.001, ASK[place : place + 1]) for place in range(len(ASK))]
    assert [len(answers) for answers in heard] == [0] * 7 + [1]


def test_half_a_frame_is_forgotten_after_the_silence() -> None:
    wire = line()
    assert wire.receive(0.0, ASK[:5]) == []
    assert len(wire.receive(0.2, ASK)) == 1


def test_noise_before_a_frame_spoils_it_and_the_next_one_is_heard() -> None:
    wire = line()
    assert wire.receive(0.0, b"\xff" + ASK) == []
    assert len(wire.receive(0.2, ASK)) == 1


def test_units_on_one_line_answer_to_their_own_address_only() -> None:
    wire = line(module(1), module(2), module(3))
    (answer,) = wire.receive(0.0, encode_request(2, READ_INPUTS))
    assert answer.frame[0] == 2
    assert wire.receive(0.1, encode_request(9, READ_INPUTS)) == []


def test_a_broadcast_is_obeyed_by_all_and_answered_by_none() -> None:
    units = (module(1), module(2))
    assert line(*units).receive(0.0, encode_request(0, set_watchdog_timeout(7))) == []
    assert [unit.settings.watchdog_s for unit in units] == [7, 7]


def test_a_frozen_unit_hears_and_says_nothing() -> None:
    unit = module()
    unit.frozen = True
    assert line(unit).receive(0.0, encode_request(1, set_watchdog_timeout(7))) == []
    assert unit.settings.watchdog_s == 10


def test_a_late_unit_answers_later() -> None:
    unit = module()
    unit.late_s = 0.4
    (answer,) = line(unit).receive(0.0, ASK)
    assert answer.due > 0.4


def test_a_garbled_answer_has_a_wrong_crc() -> None:
    unit = module()
    unit.garbled = True
    (answer,) = line(unit).receive(0.0, ASK)
    assert crc(answer.frame[:-2]) != answer.frame[-2:]


def test_another_baud_rate_is_noise() -> None:
    assert line().receive(0.0, ASK, baud=19200) == []
    assert len(line().receive(0.0, ASK, baud=9600)) == 1
