"""The R1214's frames from its manual and its watchdog registers."""

import pytest

from drivers.wire import r1214_io as io
from drivers.wire.errors import WireError
from drivers.wire.modbus_rtu import Bits, Registers, Request, Written, encode_request
from drivers.wire.r1214_io import Watchdog


@pytest.mark.parametrize(
    ("request_", "frame"),
    [
        (io.READ_INPUTS, "01 02 00 00 00 06 F8 08"),
        (io.set_relay(0, True), "01 05 01 40 FF 00 8C 12"),
        (io.set_watchdog_timeout(2), "01 06 75 65 00 02 02 18"),
        (io.ENABLE_WATCHDOG, "01 06 75 64 00 01 13 D9"),
    ],
)
def test_requests_are_the_makers_frames(request_: Request, frame: str) -> None:
    assert encode_request(1, request_) == bytes.fromhex(frame)


def test_the_watchdog_is_read_in_one_piece() -> None:
    assert encode_request(1, io.READ_WATCHDOG)[:6] == bytes.fromhex("01 03 75 64 00 03")
    assert io.decode_watchdog(Registers((1, 2, 1))) == Watchdog(enabled=True, timeout_s=2, tripped=True)
    assert io.encode_watchdog(Watchdog(enabled=False, timeout_s=10, tripped=False)) == Registers((0, 10, 0))


def test_an_answer_of_another_kind_is_refused() -> None:
    with pytest.raises(WireError):
        io.decode_watchdog(Bits((True, False, True)))
    with pytest.raises(WireError):
        io.bits(Written(), 6)


def test_every_stored_register_that_flashing_writes_has_a_name() -> None:
    stored = {
        io.Register.WATCHDOG_ENABLE,
        io.Register.WATCHDOG_TIMEOUT_S,
        io.Register.SAFE_MODE + 5,
        io.Register.INPUT_FILTER,
        io.Register.BAUD,
    }
    assert stored <= set(io.NAMES)
