"""The simulated R1214 answers byte for byte, and its watchdog, stored registers and restart behave as its manual says."""

import pytest

from drivers.wire.modbus_rtu import (
    Bits,
    Function,
    ReadBits,
    ReadRegisters,
    Refused,
    Registers,
    Request,
    Response,
    WriteCoils,
    WriteRegister,
    WriteRegisters,
    Written,
    crc,
)
from drivers.wire.r1214_io import (
    CLEAR_WATCHDOG,
    ENABLE_WATCHDOG,
    READ_INPUT_FILTER,
    READ_INPUTS,
    READ_POWER_ON,
    READ_RELAYS,
    READ_SAFE_MODE,
    READ_WATCHDOG,
    RESTART,
    Register,
    set_relay,
    set_watchdog_timeout,
)
from sim.io_module import Module
from sim.line import Line
from sim.plan import ModulePlan, PortPlan

NO_INPUTS = (False,) * 6
OK = Written()


def module(watchdog_s: int = 0) -> Module:
    made = Module(ModulePlan("io", "port", 1, ("",) * 6, watchdog_s=watchdog_s), baud=9600)
    made.observe(0.0, NO_INPUTS)
    return made


def line(unit: Module) -> Line:
    return Line(PortPlan("port", "/nowhere", 9600), [unit])


def exchange(unit: Module, request: str, now: float = 0.0) -> str:
    """Hex without CRC to hex without CRC."""
    data = bytes.fromhex(request)
    answers = line(unit).receive(now, data + crc(data))
    assert all(crc(answer.frame[:-2]) == answer.frame[-2:] for answer in answers)
    return " ".join(answer.frame[:-2].hex(" ") for answer in answers)


def armed(timeout_s: int = 2) -> Module:
    unit = module()
    assert unit.execute(0.0, set_watchdog_timeout(timeout_s)) == OK
    assert unit.execute(0.0, ENABLE_WATCHDOG) == OK
    return unit


def test_the_makers_frames_are_answered_byte_for_byte() -> None:
    unit = module()
    unit.observe(1.0, (True, False, True, False, False, True))
    unit.observe(1.1, (True, False, True, False, False, True))
    spoken = {
        "01 02 00 00 00 06 F8 08": "01 02 01 25",
        "01 05 01 40 FF 00 8C 12": "01 05 01 40 ff 00",
        "01 06 75 65 00 02 02 18": "01 06 75 65 00 02",
        "01 06 75 64 00 01 13 D9": "01 06 75 64 00 01",
    }
    for request, answer in spoken.items():
        (heard,) = line(unit).receive(1.2, bytes.fromhex(request))
        assert heard.frame[:-2].hex(" ") == answer
    assert unit.relays == (True, False, False, False, False, False)
    assert unit.settings.watchdog_on
    assert unit.settings.watchdog_s == 2


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        ("01 01 01 40 00 06", "01 01 01 00"),
        ("01 01 01 60 00 06", "01 01 01 00"),
        ("01 03 01 E0 00 06", "01 03 0c" + " 00 00" * 6),
        ("01 03 00 20 00 06", "01 03 0c" + " 00 02" * 6),
        ("01 03 75 64 00 03", "01 03 06 00 00 00 0a 00 00"),
        ("01 03 75 6C 00 01", "01 03 02 00 04"),
        ("01 03 75 72 00 01", "01 03 02 00 00"),
        ("01 04 75 30 00 01", "01 04 02 12 14"),
        ("01 04 75 45 00 02", "01 04 04 01 03 00 00"),
        ("01 04 75 4A 00 01", "01 04 02 00 01"),
        ("01 06 01 E2 00 02", "01 06 01 e2 00 02"),
        ("01 06 00 25 00 32", "01 06 00 25 00 32"),
        ("01 0F 01 40 00 06 01 21", "01 0f 01 40 00 06"),
    ],
)
def test_every_register_of_the_map_answers(request_: str, answer: str) -> None:
    assert exchange(module(), request_) == answer


@pytest.mark.parametrize(
    ("request_", "exception"),
    [
        ("01 02 00 06 00 01", "01 82 02"),  # a seventh input
        ("01 02 00 00 00 07", "01 82 02"),
        ("01 01 01 46 00 01", "01 81 02"),
        ("01 03 75 67 00 01", "01 83 02"),  # between the watchdog and the restart
        ("01 03 75 30 00 01", "01 83 02"),  # the model is an input register
        ("01 04 75 64 00 01", "01 84 02"),
        ("01 05 01 46 FF 00", "01 85 02"),
        ("01 05 01 60 FF 00", "01 85 02"),  # the power-on state is read only
        ("01 06 75 30 00 01", "01 86 02"),
        ("01 0F 01 44 00 04 01 0F", "01 8f 02"),
        ("01 05 01 40 12 34", "01 85 03"),
        ("01 02 00 00 00 00", "01 82 03"),
        ("01 06 01 E0 00 03", "01 86 03"),
        ("01 06 00 20 00 00", "01 86 03"),
        ("01 06 75 64 00 02", "01 86 03"),
        ("01 06 75 65 00 00", "01 86 03"),
        ("01 06 75 66 00 01", "01 86 03"),  # nobody trips it by hand
        ("01 06 75 68 00 01", "01 86 03"),
        ("01 06 75 6C 00 09", "01 86 03"),
        ("01 06 75 72 00 03", "01 86 03"),
        ("01 10 75 65 00 01 02 00 02", "01 90 01"),  # registers are written one by one
    ],
)
def test_what_the_map_does_not_have_is_an_exception(request_: str, exception: str) -> None:
    assert exchange(module(), request_) == exception


def test_an_unknown_function_is_refused_after_the_silence_that_ends_its_frame() -> None:
    wire = line(module())
    data = bytes.fromhex("01 2B 0E 01 00")
    assert wire.receive(0.0, data + crc(data)) == []
    assert wire.wake(0.04) == []
    (answer,) = wire.wake(0.06)
    assert answer.frame[:-2] == bytes.fromhex("01 AB 01")


def test_the_watchdog_trips_only_when_nothing_was_asked_for_its_time() -> None:
    unit = armed(timeout_s=2)
    unit.execute(0.0, set_relay(0, on=True))
    for tick in range(1, 100):
        unit.execute(tick * 1.9, READ_INPUTS)
        assert unit.relays[0]
    last = 99 * 1.9
    unit.observe(last + 1.99, NO_INPUTS)
    assert unit.relays[0]
    unit.observe(last + 2.0, NO_INPUTS)
    assert unit.relays == NO_INPUTS
    assert unit.execute(last + 3.0, READ_WATCHDOG) == Registers((1, 2, 1))


def test_a_question_that_comes_too_late_finds_the_trip_and_does_not_undo_it() -> None:
    unit = armed(timeout_s=2)
    unit.execute(0.0, set_relay(0, on=True))
    assert unit.execute(2.5, READ_RELAYS) == Bits(NO_INPUTS)


def test_a_tripped_watchdog_latches_until_its_status_is_cleared() -> None:
    unit = armed(timeout_s=2)
    unit.observe(3.0, NO_INPUTS)
    assert unit.execute(3.0, set_relay(0, on=True)) == OK, "the echo proves nothing"
    assert unit.execute(3.1, READ_RELAYS) == Bits(NO_INPUTS)
    assert unit.execute(3.2, CLEAR_WATCHDOG) == OK
    unit.execute(3.3, set_relay(0, on=True))
    assert unit.relays[0]
    unit.observe(5.2, NO_INPUTS)
    assert unit.relays[0]
    unit.observe(5.3, NO_INPUTS)
    assert not unit.relays[0], "it counts again from the last question"


def test_each_relay_falls_into_its_own_safe_mode() -> None:
    unit = armed(timeout_s=2)
    for relay, mode in enumerate((0, 1, 2)):
        unit.execute(0.0, WriteRegister(Register.SAFE_MODE + relay, mode))
    unit.execute(0.0, WriteCoils(0x0140, (True, False, True, False, False, False)))
    unit.observe(2.0, NO_INPUTS)
    assert unit.relays[:3] == (False, True, True)


def test_a_watchdog_as_delivered_never_trips() -> None:
    unit = module()
    unit.execute(0.0, set_relay(0, on=True))
    unit.observe(3600.0, NO_INPUTS)
    assert unit.relays[0]
    assert unit.execute(3600.0, READ_WATCHDOG) == Registers((0, 10, 0))


def test_a_planned_watchdog_is_armed_from_the_first_second() -> None:
    unit = module(watchdog_s=2)
    unit.observe(2.0, NO_INPUTS)
    assert unit.tripped


def test_a_wrong_crc_and_another_units_frame_do_not_feed_the_watchdog() -> None:
    unit = armed(timeout_s=2)
    wire = line(unit)
    foreign = bytes.fromhex("02 02 00 00 00 06")
    assert wire.receive(1.0, foreign + crc(foreign)) == []
    assert wire.receive(1.5, bytes.fromhex("01 02 00 00 00 06 F8 09")) == []
    unit.observe(2.0, NO_INPUTS)
    assert unit.tripped


def restarted(unit: Module, now: float) -> Module:
    assert unit.execute(now, RESTART) == OK
    return unit


def test_a_restart_drops_the_relays_and_answers_again_after_its_boot() -> None:
    unit = module()
    unit.execute(0.0, set_relay(3, on=True))
    restarted(unit, 1.0)
    unit.observe(1.1, NO_INPUTS)
    assert unit.relays == NO_INPUTS
    assert not unit.answers(2.9)
    assert unit.answers(3.0)


def test_settings_survive_a_restart_and_a_trip_does_not() -> None:
    unit = armed(timeout_s=3)
    unit.execute(0.0, WriteRegister(Register.SAFE_MODE + 1, 2))
    unit.execute(0.0, WriteRegister(Register.INPUT_FILTER + 1, 7))
    unit.observe(4.0, NO_INPUTS)
    restarted(unit, 4.5)
    unit.observe(6.6, NO_INPUTS)
    assert unit.execute(6.7, READ_WATCHDOG) == Registers((1, 3, 0))
    assert unit.execute(6.7, READ_SAFE_MODE) == Registers((0, 2, 0, 0, 0, 0))
    assert unit.execute(6.7, READ_INPUT_FILTER) == Registers((2, 7, 2, 2, 2, 2))
    assert unit.execute(6.7, READ_POWER_ON) == Bits(NO_INPUTS)


def test_the_watchdog_counts_from_the_end_of_the_boot() -> None:
    unit = restarted(armed(timeout_s=2), 1.0)
    unit.observe(4.9, NO_INPUTS)
    assert not unit.tripped
    unit.observe(5.0, NO_INPUTS)
    assert unit.tripped


def test_a_forgetful_module_loses_at_the_restart_what_it_had_echoed() -> None:
    unit = module()
    unit.forgetful = True
    unit.execute(0.0, set_watchdog_timeout(2))
    assert unit.execute(0.0, READ_WATCHDOG) == Registers((0, 2, 0))
    restarted(unit, 1.0)
    assert unit.execute(3.1, READ_WATCHDOG) == Registers((0, 10, 0))


def test_factory_defaults_take_everything_back() -> None:
    unit = armed(timeout_s=2)
    assert unit.execute(0.0, WriteRegister(Register.FACTORY_DEFAULTS, 404)) == OK
    unit.observe(2.1, NO_INPUTS)
    assert unit.execute(2.1, READ_WATCHDOG) == Registers((0, 10, 0))


def test_a_new_baud_rate_holds_from_the_next_start_and_the_old_one_is_noise_then() -> None:
    unit = module()
    wire = line(unit)
    ask = bytes.fromhex("01 02 00 00 00 06 F8 08")
    unit.execute(0.0, WriteRegister(Register.BAUD, 6))
    assert len(wire.receive(0.1, ask, baud=9600)) == 1
    restarted(unit, 1.0)
    assert wire.receive(3.1, ask, baud=9600) == []
    assert len(wire.receive(3.2, ask, baud=38400)) == 1


def test_a_power_cut_silences_it_and_its_relays_fall() -> None:
    unit = module()
    unit.execute(0.0, set_relay(0, on=True))
    unit.cut_power(1.0)
    assert unit.relays == NO_INPUTS
    assert not unit.answers(9.0)
    unit.restore_power(10.0)
    assert not unit.answers(11.9)
    assert unit.answers(12.0)


def test_an_input_changes_only_when_its_contact_held_still_for_the_filters_time() -> None:
    unit = module()
    unit.execute(0.0, WriteRegister(Register.INPUT_FILTER, 500))  # 0.1 s
    closed = (True, False, False, False, False, False)
    unit.observe(1.0, closed)
    unit.observe(1.05, NO_INPUTS)
    unit.observe(1.06, closed)
    unit.observe(1.15, closed)
    assert unit.execute(1.15, READ_INPUTS) == Bits(NO_INPUTS)
    unit.observe(1.17, closed)
    assert unit.execute(1.17, READ_INPUTS) == Bits(closed)


def test_each_module_has_its_own_serial_number() -> None:
    def serial(name: str) -> Response:
        request: Request = ReadRegisters(Function.READ_REGISTERS, Register.SERIAL, 6)
        return Module(ModulePlan(name, "port", 1, ("",) * 6), baud=9600).execute(0.0, request)

    assert serial("io-vn") == serial("io-vn") != serial("io-cn")


def test_requests_that_no_real_module_takes_are_refused() -> None:
    assert module().execute(0.0, WriteRegisters(Register.WATCHDOG_TIMEOUT_S, (2,))) == Refused(1)
    assert module().execute(0.0, ReadBits(Function.READ_COILS, 0, 1)) == Refused(2)
