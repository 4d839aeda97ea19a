"""Modbus RTU: the makers' frames, byte for byte, and what a strict master must not accept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.wire.errors import WireError
from drivers.wire.modbus_rtu import (
    Bits,
    Function,
    ReadBits,
    ReadRegisters,
    Refused,
    Registers,
    Request,
    Response,
    WriteCoil,
    WriteCoils,
    WriteRegister,
    WriteRegisters,
    Written,
    crc,
    decode_request,
    decode_response,
    encode_request,
    encode_response,
    request_bytes,
    response_bytes,
)

FROM_THE_MANUALS = [
    (WriteCoil(1, True), "01 05 00 01 FF 00 DD FA"),  # PTX: OPEN
    (WriteCoil(3, True), "01 05 00 03 FF 00 7C 3A"),  # PTX: CLOSE
    (ReadBits(Function.READ_INPUTS, 0, 6), "01 02 00 00 00 06 F8 08"),  # R1214: read the inputs
    (WriteCoil(0x0140, True), "01 05 01 40 FF 00 8C 12"),  # R1214: relay 0 on
    (WriteRegister(0x7565, 2), "01 06 75 65 00 02 02 18"),  # R1214: watchdog 2 s
    (WriteRegister(0x7564, 1), "01 06 75 64 00 01 13 D9"),  # R1214: watchdog on
]

addresses = st.integers(0, 0xFFFF)
words = st.integers(0, 0xFFFF)
requests: st.SearchStrategy[Request] = st.one_of(
    st.builds(ReadBits, st.sampled_from([Function.READ_COILS, Function.READ_INPUTS]), addresses, st.integers(1, 2000)),
    st.builds(ReadRegisters, st.sampled_from([Function.READ_HOLDING, Function.READ_REGISTERS]), addresses, st.integers(1, 125)),
    st.builds(WriteCoil, addresses, st.booleans()),
    st.builds(WriteRegister, addresses, words),
    st.builds(WriteCoils, addresses, st.lists(st.booleans(), min_size=1, max_size=200).map(tuple)),
    st.builds(WriteRegisters, addresses, st.lists(words, min_size=1, max_size=100).map(tuple)),
)


def an_answer_to(request: Request) -> Response:
    match request:
        case ReadBits(count=count):
            return Bits(tuple(n % 3 == 0 for n in range(count)))
        case ReadRegisters(count=count):
            return Registers(tuple(range(count)))
        case _:
            return Written()


@pytest.mark.parametrize(("request_", "frame"), FROM_THE_MANUALS)
def test_a_request_is_the_makers_frame(request_: Request, frame: str) -> None:
    assert encode_request(1, request_) == bytes.fromhex(frame)
    assert decode_request(bytes.fromhex(frame)) == (1, request_)


def test_crc_of_the_standards_check_string() -> None:
    assert crc(b"123456789") == (0x4B37).to_bytes(2, "little")


@given(st.integers(1, 247), requests)
def test_a_unit_understands_what_a_master_asks(unit: int, request_: Request) -> None:
    frame = encode_request(unit, request_)
    assert request_bytes(frame) == len(frame)
    assert decode_request(frame) == (unit, request_)


@given(st.integers(1, 247), requests)
def test_a_master_understands_what_a_unit_answers(unit: int, request_: Request) -> None:
    answer = an_answer_to(request_)
    frame = encode_response(unit, request_, answer)
    assert len(frame) == response_bytes(request_)
    assert decode_response(unit, request_, frame) == answer


@given(requests, st.integers(1, 8))
def test_an_exception_is_an_answer_of_its_own(request_: Request, code: int) -> None:
    assert decode_response(1, request_, encode_response(1, request_, Refused(code))) == Refused(code)


@given(requests, st.data())
def test_one_flipped_bit_is_never_accepted(request_: Request, data: st.DataObject) -> None:
    frame = bytearray(encode_response(1, request_, an_answer_to(request_)))
    bit = data.draw(st.integers(0, 8 * len(frame) - 1))
    frame[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(WireError):
        decode_response(1, request_, bytes(frame))


INPUTS_0_TO_5 = ReadBits(Function.READ_INPUTS, 0, 6)
RELAY_0_ON = WriteCoil(0x0140, True)


@pytest.mark.parametrize(
    ("asked", "answer", "kind"),
    [
        (INPUTS_0_TO_5, encode_response(2, INPUTS_0_TO_5, Bits((True,) * 6)), "unit"),
        (INPUTS_0_TO_5, encode_response(1, ReadBits(Function.READ_COILS, 0, 6), Bits((True,) * 6)), "function"),
        (INPUTS_0_TO_5, encode_response(1, ReadBits(Function.READ_INPUTS, 0, 9), Bits((True,) * 9)), "byte count"),
        (INPUTS_0_TO_5, encode_response(1, INPUTS_0_TO_5, Bits((True,) * 8)), "padding"),
        (INPUTS_0_TO_5, encode_response(1, INPUTS_0_TO_5, Bits((True,) * 6)) + b"\x00", "length"),
        (RELAY_0_ON, encode_response(1, WriteCoil(0x0141, True), Written()), "echo"),
        (RELAY_0_ON, encode_response(1, WriteCoil(0x0140, False), Written()), "echo"),
    ],
)
def test_a_well_formed_answer_to_another_question_is_refused(asked: Request, answer: bytes, kind: str) -> None:
    with pytest.raises(WireError) as refused:
        decode_response(1, asked, answer)
    assert refused.value.kind == kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("01 05 00 01 12 34", "value"),
        ("01 02 00 00 00 00", "count"),
        ("01 10 00 00 00 02 02 00 01", "byte count"),
        ("01 2B 0E 01 00 00", "function"),
    ],
)
def test_a_unit_refuses_what_is_no_request(body: str, kind: str) -> None:
    with pytest.raises(WireError) as refused:
        decode_request(bytes.fromhex(body) + crc(bytes.fromhex(body)))
    assert refused.value.kind == kind


@given(st.binary(max_size=40))
def test_random_bytes_end_in_a_wire_error_or_a_request(noise: bytes) -> None:
    try:
        decode_request(noise)
    except WireError:
        return
    assert crc(noise[:-2]) == noise[-2:]
