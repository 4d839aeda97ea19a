"""Toledo continuous output: bytes of the manual, and what must never become a weight."""

import pytest
from msgspec.structs import replace

from drivers.wire.errors import WireError
from drivers.wire.toledo_scale import FRAME_BYTES, Indication, Status, checksum, decode, encode, take

MANUAL = bytes.fromhex("02 2A 30 20 20 32 33 34 35 30 30 30 30 30 30 30 0D 39")  # 23 450 kg gross, standing still
SHOWN = Indication(weight=23_450, tare=0, status=Status.KG)


def framed(body: bytes) -> bytes:
    return body + bytes((checksum(body),))


def test_the_manuals_frame_is_23450_kg_standing_still() -> None:
    assert decode(MANUAL) == SHOWN
    assert (SHOWN.gross_kg, SHOWN.step_kg) == (23_450.0, 1.0)
    assert encode(SHOWN) == MANUAL


@pytest.mark.parametrize(
    "shown",
    [
        replace(SHOWN, status=Status.KG | Status.MOTION),
        replace(SHOWN, weight=-40, status=Status.KG | Status.NEGATIVE),
        replace(SHOWN, status=Status.KG | Status.OUT_OF_RANGE),
        replace(SHOWN, status=Status.KG | Status.UNZEROED),
        replace(SHOWN, status=Status(0)),
        replace(SHOWN, weight=2_346, point=1, step=2),
        replace(SHOWN, plain=False),
    ],
)
def test_whatever_a_terminal_shows_survives_the_wire(shown: Indication) -> None:
    assert decode(encode(shown)) == shown


def test_steps_of_twenty_kilograms_are_told() -> None:
    shown = replace(SHOWN, weight=2_346, point=1, step=2)
    assert (shown.gross_kg, shown.step_kg) == (23_460.0, 20.0)


def test_the_tare_is_added_to_what_is_shown_without_it() -> None:
    assert replace(SHOWN, weight=15_450, tare=8_000, status=Status.KG | Status.NET).gross_kg == 23_450.0
    assert replace(SHOWN, tare=8_000).gross_kg == 23_450.0


def test_parity_on_top_of_seven_bits_is_dropped() -> None:
    even = bytes(byte | (byte.bit_count() % 2) << 7 for byte in MANUAL)
    assert even != MANUAL
    assert decode(even) == SHOWN


@pytest.mark.parametrize("place", range(FRAME_BYTES))
@pytest.mark.parametrize("bit", range(7))
def test_one_flipped_bit_anywhere_is_no_weight(place: int, bit: int) -> None:
    broken = MANUAL[:place] + bytes((MANUAL[place] ^ 1 << bit,)) + MANUAL[place + 1 :]
    with pytest.raises(WireError):
        decode(broken)


@pytest.mark.parametrize("length", range(FRAME_BYTES))
def test_a_frame_cut_short_is_no_weight(length: int) -> None:
    with pytest.raises(WireError):
        decode(MANUAL[:length])


@pytest.mark.parametrize("text", [b"      ", b"23 450", b"-23450", b"2345.0", b"23450 "])
def test_what_is_no_number_is_no_weight(text: bytes) -> None:
    with pytest.raises(WireError) as raised:
        decode(framed(MANUAL[:4] + text + MANUAL[10:17]))
    assert raised.value.kind == "digits"


def test_out_of_range_a_terminal_may_show_blanks() -> None:
    over = framed(bytes((MANUAL[0], MANUAL[1], MANUAL[2] | Status.OUT_OF_RANGE, MANUAL[3])) + b"      " + MANUAL[10:17])
    assert Status.OUT_OF_RANGE in decode(over).status


@pytest.mark.parametrize("words", [b"\x0a\x30\x20", b"\x2a\x10\x20", b"\x2a\x30\x00", b"\x22\x30\x20"])
def test_status_words_that_cannot_be_are_refused(words: bytes) -> None:
    with pytest.raises(WireError) as raised:
        decode(framed(MANUAL[:1] + words + MANUAL[4:17]))
    assert raised.value.kind == "status"


def test_frames_are_found_one_after_the_other_whatever_lies_between() -> None:
    found, rest = take(MANUAL[5:] + MANUAL + b"noise" + MANUAL + MANUAL[:7])
    assert found == [SHOWN, SHOWN]
    assert rest == MANUAL[:7]
    assert take(rest + MANUAL[7:]) == ([SHOWN], b"")


def test_a_broken_frame_is_told_and_hides_no_whole_one() -> None:
    found, rest = take(MANUAL[:10] + MANUAL + MANUAL)
    assert [getattr(seen, "kind", seen) for seen in found] == ["frame", SHOWN, SHOWN]
    assert rest == b""


def test_what_is_no_frame_is_not_kept() -> None:
    assert take(b"x" * 5000) == ([], b"")
    found, rest = take(b"\x02" * 5000)
    assert not [seen for seen in found if isinstance(seen, Indication)]
    assert len(rest) < FRAME_BYTES
