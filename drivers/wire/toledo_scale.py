"""A weighbridge's Toledo continuous output: STX, three status words, six digits of weight, six of tare, CR and a checksum, again and again.

A terminal that is set to 7 data bits and parity is understood on a port of 8 bits without: the bit on top is then its parity and dropped.
The checksum can be switched off on a terminal; here it has to be on, for it is all that tells a broken weight from a whole one.
"""

from enum import IntFlag
from functools import lru_cache

from msgspec import Struct

from drivers.wire.errors import WireError

STX, CR = 0x02, 0x0D
FRAME_BYTES = 18
DIGITS = 6
KNOWN_MAX = 512  # frames that are remembered: ten a second say the same until a truck rolls on
_LOW_7 = 0x7F
_WITHOUT_PARITY = bytes(byte & _LOW_7 for byte in range(256))
_ALWAYS = 1 << 5  # set in every status word
_POINT = 0b111  # of status word A: where the decimal point stands, 2 behind the last digit
_STEPS = {0b01: 1, 0b10: 2, 0b11: 5}  # of status word A, bits 3 and 4: what the last digit counts by
_STEP_BIT = 3
_UNITS = 0b111  # of status word C: 0 leaves the unit to bit 4 of B
_EXPANDED = 1 << 4  # of status word C: ten times as fine, as technicians look at it


class Status(IntFlag):
    """Status word B. `KG` unset: pounds. `UNZEROED`: no zero was taken since the terminal got power."""

    __hash__ = int.__hash__  # a flag's own is Python, and known frames are found by it

    NET = 1 << 0
    NEGATIVE = 1 << 1
    OUT_OF_RANGE = 1 << 2
    MOTION = 1 << 3
    KG = 1 << 4
    UNZEROED = 1 << 6


class Indication(Struct, frozen=True):
    """What the terminal shows. `weight` and `tare` count steps of the last digit's place, as `point` has it; `step` is 1, 2 or 5 of them.

    `plain`: the unit is what `status` says and the display is not expanded. `weight` is negative below zero.
    """

    weight: int
    tare: int
    status: Status
    point: int = 2
    step: int = 1
    plain: bool = True

    @property
    def gross_kg(self) -> float:
        """What stands on the bridge, whether the terminal shows it with or without the tare."""
        return (self.weight + (self.tare if Status.NET in self.status else 0)) * self._place_kg

    @property
    def step_kg(self) -> float:
        return self.step * self._place_kg

    @property
    def _place_kg(self) -> float:
        return 10.0 ** (2 - self.point)


@lru_cache(KNOWN_MAX)
def encode(shown: Indication) -> bytes:
    assert max(abs(shown.weight), shown.tare) < 10**DIGITS, "six digits"
    step = next(bits for bits, step in _STEPS.items() if step == shown.step)
    sign = Status.NEGATIVE if shown.weight < 0 else Status(0)
    words = (shown.point | step << _STEP_BIT, shown.status | sign, 0 if shown.plain else _EXPANDED)
    text = f"{abs(shown.weight):{DIGITS}d}{shown.tare:0{DIGITS}d}"
    body = bytes((STX, *(word | _ALWAYS for word in words))) + text.encode("ascii") + bytes((CR,))
    return body + bytes((checksum(body),))


def checksum(body: bytes) -> int:
    """The two's complement of the sum of the low seven bits, in seven bits."""
    return -sum(byte & _LOW_7 for byte in body) & _LOW_7


@lru_cache(KNOWN_MAX)
def decode(frame: bytes) -> Indication:
    """One whole frame. Raises WireError when it is not exactly that."""
    bits = frame.translate(_WITHOUT_PARITY)
    if len(bits) != FRAME_BYTES or bits[0] != STX or bits[-2] != CR:
        raise WireError("frame", f"{len(bits)} bytes that are no frame")
    if checksum(bits[:-1]) != bits[-1]:
        raise WireError("checksum", f"checksum {bits[-1]:02x}, it should be {checksum(bits[:-1]):02x}")
    a, b, c = bits[1:4]
    if not a & b & c & _ALWAYS or (a >> _STEP_BIT & 0b11) not in _STEPS:
        raise WireError("status", f"status words {a:02x} {b:02x} {c:02x} are none")
    status = Status(b & ~_ALWAYS)
    weight = _number(bits[4:10], blank=Status.OUT_OF_RANGE in status)
    return Indication(
        weight=-weight if Status.NEGATIVE in status else weight,
        tare=_number(bits[10:16], blank=True),
        status=status,
        point=a & _POINT,
        step=_STEPS[a >> _STEP_BIT & 0b11],
        plain=not c & (_UNITS | _EXPANDED),
    )


def _number(field: bytes, *, blank: bool) -> int:
    """Leading zeros may be blanks. `blank`: nothing but blanks is 0."""
    digits = field.lstrip(b" ")
    if not digits and blank:
        return 0
    if not digits.isdigit():
        raise WireError("digits", f"{field!r} is no weight")
    return int(digits)


def take(received: bytes) -> tuple[list[Indication | WireError], bytes]:
    """What came whole, weights and broken frames in their order, and the rest that may still become one: less than a frame."""
    bits = received.translate(_WITHOUT_PARITY)
    found: list[Indication | WireError] = []
    at = bits.find(STX)
    while 0 <= at <= len(bits) - FRAME_BYTES:
        try:
            found.append(decode(bits[at : at + FRAME_BYTES]))
        except WireError as error:
            found.append(error)
            at = bits.find(STX, at + 1)
        else:
            at = bits.find(STX, at + FRAME_BYTES)
    return found, bits[at:] if at >= 0 else b""
