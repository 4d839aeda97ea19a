"""The PTX board's registers and what they mean for a lane."""

import pytest
from msgspec.structs import replace

from drivers.wire import ptx_barrier as ptx
from drivers.wire.errors import WireError
from drivers.wire.modbus_rtu import Registers, encode_request
from drivers.wire.ptx_barrier import Fault, Flag, Input, State, Status

DOWN_AND_WELL = Status(State.CLOSED, 0, Flag(0), Fault.NONE, operations=70_000, partial_operations=1, inputs=Input(0))


def test_keys_are_the_makers_frames() -> None:
    assert encode_request(1, ptx.OPEN) == bytes.fromhex("01 05 00 01 FF 00 DD FA")
    assert encode_request(1, ptx.CLOSE) == bytes.fromhex("01 05 00 03 FF 00 7C 3A")
    assert (ptx.STOP.address, ptx.RESET.address) == (0, 7)


def test_status_is_read_from_40101() -> None:
    assert encode_request(1, ptx.READ_STATUS)[:6] == bytes.fromhex("01 03 00 64 00 09")


def test_counters_come_least_significant_word_first() -> None:
    assert ptx.encode_status(DOWN_AND_WELL).values == (17, 0, 0, 0, 4464, 1, 1, 0, 0)


@pytest.mark.parametrize("state", list(State))
def test_every_state_survives_the_wire(state: State) -> None:
    status = replace(DOWN_AND_WELL, state=state, position=None, inputs=Input.PHOTOCELL | Input.MANUAL)
    assert ptx.decode_status(ptx.encode_status(status)) == status


@pytest.mark.parametrize("values", [(18 + 100, 0, 0, 0, 0, 0, 0, 0, 0), (16, 101, 0, 0, 0, 0, 0, 0, 0), (16, 100)])
def test_a_state_that_the_board_does_not_have_is_refused(values: tuple[int, ...]) -> None:
    with pytest.raises(WireError):
        ptx.decode_status(Registers(values))


def test_a_truck_under_a_boom_that_is_up_is_no_obstruction() -> None:
    assert not ptx.is_obstructed(replace(DOWN_AND_WELL, state=State.OPEN, inputs=Input.PHOTOCELL))
    assert ptx.is_obstructed(replace(DOWN_AND_WELL, state=State.CLOSING, inputs=Input.PHOTOCELL))
    assert ptx.is_obstructed(replace(DOWN_AND_WELL, state=State.OPEN, last_error=Fault.OBSTRUCTED))


def test_faults_are_told_in_words() -> None:
    assert ptx.fault_in_words(DOWN_AND_WELL) == ""
    assert ptx.fault_in_words(replace(DOWN_AND_WELL, flags=Flag.NEEDS_CALIBRATION)) == "needs calibration"
    assert ptx.fault_in_words(replace(DOWN_AND_WELL, last_error=9)) == "error 9"
    assert ptx.fault_in_words(replace(DOWN_AND_WELL, last_error=Fault.OBSTRUCTED)) == ""


def test_hand_release_is_local_working() -> None:
    assert ptx.is_local(replace(DOWN_AND_WELL, inputs=Input.MANUAL))
    assert not ptx.is_local(replace(DOWN_AND_WELL, inputs=Input.PHOTOCELL))
