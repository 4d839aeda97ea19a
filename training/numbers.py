"""Plate numbers of both countries as they are issued, and what else stands on a truck. Every draw comes from the given generator."""

import random
from dataclasses import dataclass
from enum import Enum

from drivers.plate_reader.alphabet import PROVINCES

CN_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
OFFICE = 0.03  # O after the province: the police and other offices; drawn like the 0 that stands there on no plate
VN_LETTERS = "ABCDEFGHKLMNPRSTUVXYZ"  # I J O Q W are not used
VN_PAIRS = ("LD", "LD", "LD", "DA", "KT", "RM", "NG", "NN", "CD", "TD", "MĐ")
DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIALLED = ("0", "1", "+84 ", "+86 1", "400-")  # what a telephone number begins with
MARKINGS = (
    *("22G1", "45G1", "45R1", "MAX GROSS", "TARE", "NET", "PAYLOAD", "2,800 KG", "30/1203", "33 1203"),
    *("CAUTION", "9' 6\" HIGH", "LONG VEHICLE"),
)
MAKERS = (
    *("HOWO", "SITRAK", "FAW", "HYUNDAI", "FREIGHTLINER", "THACO", "ISUZU", "HINO", "VOLVO", "SCANIA", "SINOTRUK"),
    *("DONGFENG", "CIMC", "MAERSK", "COSCO", "EVERGREEN"),
)


class Kind(Enum):
    VN_CAR = "VN car"
    VN_MOTORCYCLE = "VN motorcycle"
    CN_BLUE = "CN blue"
    CN_YELLOW = "CN yellow"
    CN_YELLOW_TWO = "CN yellow, two lines"
    CN_GREEN_SMALL = "CN green, small"
    CN_GREEN_LARGE = "CN green, large"
    CN_BLACK = "CN black"
    CN_WHITE = "CN white"
    CONTAINER = "container"
    TEXT = "no plate"


@dataclass(frozen=True, slots=True)
class Number:
    """`lines`: as written, separators in them ("-", ".", "·"). `text`: without, in reading order."""

    kind: Kind
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(c for line in self.lines for c in line if c not in " -.·")


def vn_number(draw: random.Random, lines: int) -> Number:
    if draw.random() < (0.55 if lines == 2 else 0.03):
        series = draw.choice(VN_LETTERS) + draw.choice(DIGITS[1:] if draw.random() < 0.85 else VN_LETTERS)
        kind = Kind.VN_MOTORCYCLE
    else:
        series = draw.choice(VN_PAIRS) if draw.random() < 0.12 else draw.choice(VN_LETTERS)
        kind = Kind.VN_CAR
    town = f"{draw.randrange(11, 100)}"
    five = draw.random() < 0.65
    serial = _digits(draw, 3) + draw.choice("....  ·-").strip() + _digits(draw, 2) if five else _digits(draw, 4)
    joint = draw.choice(("-", "-", "-", "-", "·", " ", ""))
    if lines == 1:
        return Number(kind, (f"{town}{series}{joint}{serial}",))
    return Number(kind, (f"{town}{draw.choice(('-', '-', '')) if kind is Kind.VN_MOTORCYCLE else ''}{series}", serial))


def cn_number(draw: random.Random, kind: Kind) -> Number:
    head = draw.choice(PROVINCES) + ("O" if draw.random() < OFFICE else draw.choice(CN_LETTERS))
    match kind:
        case Kind.CN_GREEN_SMALL:
            tail = draw.choice("DDDDFFFFABCEGHJK") + draw.choice(DIGITS * 3 + CN_LETTERS) + _digits(draw, 4)
        case Kind.CN_GREEN_LARGE:
            tail = _digits(draw, 5) + draw.choice("DF")
        case Kind.CN_BLACK:
            head = "粤Z" if draw.random() < 0.7 else head
            tail = _serial(draw, 4) + draw.choice("港澳港澳领")
        case Kind.CN_WHITE:
            tail = _serial(draw, 4) + "警"
        case Kind.CN_YELLOW | Kind.CN_YELLOW_TWO if draw.random() < 0.35:
            tail = _serial(draw, 4) + ("学" if kind is Kind.CN_YELLOW and draw.random() < 0.6 else "挂")
        case _:
            tail = _serial(draw, 5)
    if kind is Kind.CN_YELLOW_TWO:
        return Number(kind, (head, tail))
    return Number(kind, (f"{head[0]}{head[1]}{'' if 'GREEN' in kind.name else '·'}{tail}",))


def other_text(draw: random.Random) -> Number:
    """Telephone numbers, words and limits: what a truck carries beside its plate and its container's number."""
    match draw.randrange(4):
        case 0:
            text = (
                draw.choice(DIALLED) + _digits(draw, draw.randint(2, 4)) + draw.choice((" ", "-", "")) + _digits(draw, draw.randint(3, 6))
            )
        case 1:
            text = draw.choice(MARKINGS)
        case 2:
            text = "".join(draw.choice(LETTERS) for _ in range(draw.randint(3, 9)))
        case _:
            text = draw.choice(MAKERS)
    return Number(Kind.TEXT, (text,))


def any_number(draw: random.Random, lines: int, *, vietnam: float = 0.4) -> Number:
    if draw.random() < (vietnam if lines == 1 else 0.65):
        return vn_number(draw, lines)
    if lines == 2:
        return cn_number(draw, Kind.CN_YELLOW_TWO)
    kinds = (
        [Kind.CN_BLUE] * 7 + [Kind.CN_YELLOW] * 4 + [Kind.CN_GREEN_SMALL] * 3 + [Kind.CN_GREEN_LARGE] * 2 + [Kind.CN_BLACK, Kind.CN_WHITE]
    )
    return cn_number(draw, draw.choice(kinds))


def _digits(draw: random.Random, n: int) -> str:
    return "".join(draw.choice(DIGITS) for _ in range(n))


def _serial(draw: random.Random, n: int) -> str:
    """Mostly digits with a letter or two, as issued."""
    letters = draw.choices((0, 1, 2, 3), (30, 35, 25, 10))[0]
    places = set(draw.sample(range(n), min(letters, n)))
    return "".join(draw.choice(CN_LETTERS) if i in places else draw.choice(DIGITS) for i in range(n))
