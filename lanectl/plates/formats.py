"""How plates are written, and how two of them are compared; pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

_VN_LETTER = "A-HK-NPR-VX-ZĐ"  # I J O Q W are not used; R is a trailer
_CN_SERIAL = "A-HJ-NP-Z0-9"  # GA 36: no I and no O
CN_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"

FORMATS: Mapping[str, str] = {
    # Cars and trucks first (14C-123.45, 14LD-123.45), then motorcycles (14B1-234.56).
    "VN": rf"[1-9]\d(?:[{_VN_LETTER}]|LD|DA|KT|RM|NG|NN|CD|TD|MĐ)\d{{4,5}}|[1-9]\d[{_VN_LETTER}][0-9{_VN_LETTER}]\d{{4,5}}",
    # After the province an O stands for the police and other offices.
    "CN": rf"[{CN_PROVINCES}][A-HJ-Z](?:[{_CN_SERIAL}]{{5}}|[{_CN_SERIAL}]{{4}}[挂学警港澳领]|[{_CN_SERIAL}]{{6}})",
}
"""Country to the regular expression of its plates, separators stripped. Full matches only."""

_COMPILED = {country: re.compile(pattern) for country, pattern in FORMATS.items()}
_SEPARATORS = re.compile(r"[\s.,:;'`_*|/\\·•・∙-]+")


def neighbours(plate: str, listed: Iterable[str]) -> tuple[str, ...]:
    """The other listed plates that differ from this one in a single character: changed, missing or added."""
    return tuple(other for other in listed if other != plate and one_apart(plate, other))


def one_apart(a: str, b: str) -> bool:
    shorter, longer = sorted((a, b), key=len)
    if len(longer) - len(shorter) > 1:
        return False
    same = next((i for i, (x, y) in enumerate(zip(shorter, longer, strict=False)) if x != y), len(shorter))
    skip = same + 1 if len(shorter) == len(longer) else same
    return shorter[skip:] == longer[same + 1 :]


def normalise(text: str) -> str:
    """As plates are compared: capitals, full-width forms narrowed, separators stripped. Any text is kept, also what fits no format."""
    narrow = unicodedata.normalize("NFKC", text).upper().replace("Ð", "Đ")
    return _SEPARATORS.sub("", narrow)


def country(plate: str) -> str:
    """The country whose format a normalised plate fits, "" for none: such a text is shown, but never matches."""
    return next((name for name, pattern in _COMPILED.items() if pattern.fullmatch(plate)), "")
