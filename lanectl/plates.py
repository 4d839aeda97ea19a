"""Plate formats, the vote over camera frames and the match with the manifest; pure.

One read never names a truck: `vote` takes reads one by one and concludes only from several agreeing frames.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from lanectl.model import IdentityReported, Match, PlateSeen, TruckName

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


@dataclass(frozen=True, slots=True)
class VoteSettings:
    """`score_min` is for the weakest character. A rival read raises `agreeing_frames` by one for each frame that shows it."""

    agreeing_frames: int = 3
    score_min: float = 0.85
    frames_max: int = 12  # looked at before a person is asked; the vote goes on over the newest so many
    frame_age_s_max: float = 30.0  # older frames may show another truck


@dataclass(frozen=True, slots=True)
class Frame:
    at: float
    plate: str
    score: float
    evidence: str


@dataclass(frozen=True, slots=True)
class Votes:
    """What one gate's cameras have shown of the truck that stands there. Start from `Votes()` with each ReadPlate(gate, True)."""

    frames: tuple[Frame, ...] = ()
    concluded: IdentityReported | None = None


def vote(
    votes: Votes, now: float, seen: PlateSeen, listed: Mapping[str, TruckName], settings: VoteSettings
) -> tuple[Votes, IdentityReported | None]:
    """Count one frame's read. The second value is new word of the truck's identity, None while there is none.

    `listed`: normalised plates of the manifest. An empty `seen.plate` is a frame in which no plate could be read.
    """
    frame = Frame(now, normalise(seen.plate), seen.score, seen.evidence)
    recent = [f for f in (*votes.frames, frame) if now - f.at <= settings.frame_age_s_max]
    frames = tuple(recent[-settings.frames_max :])
    agreeing = _agreed(frames, settings)
    if agreeing:
        conclusion = _match(agreeing, seen.gate, listed)
    elif votes.concluded is None and len(frames) == settings.frames_max:
        conclusion = _doubt(frames, seen.gate)
    else:  # too early to say, or frames that agree on nothing, which do not take back what was concluded
        return replace(votes, frames=frames), None
    told_before = votes.concluded is not None and (conclusion.match, conclusion.plate) == (votes.concluded.match, votes.concluded.plate)
    return Votes(frames, conclusion), None if told_before else conclusion


def _agreed(frames: tuple[Frame, ...], settings: VoteSettings) -> list[Frame]:
    """The frames that show the same plate, if they outnumber all trusted rivals by the frames that are asked for."""
    trusted = [frame for frame in frames if frame.score >= settings.score_min and country(frame.plate)]
    if not trusted:
        return []
    plates = [frame.plate for frame in trusted]
    leader = max(plates, key=plates.count)
    agreeing = [frame for frame in trusted if frame.plate == leader]
    rivals = len(trusted) - len(agreeing)
    return agreeing if len(agreeing) >= settings.agreeing_frames + rivals else []


def _doubt(frames: tuple[Frame, ...], gate: str) -> IdentityReported:
    """What to show a person when the frames agree on nothing: the best text that could be a plate, else the best text."""
    fitting = [frame for frame in frames if country(frame.plate)]
    best = max(fitting or frames, key=lambda f: f.score)
    match = Match.UNSURE if fitting else Match.UNREADABLE
    return IdentityReported(gate, match, "", best.plate, best.score, best.evidence)


def _match(agreeing: list[Frame], gate: str, listed: Mapping[str, TruckName]) -> IdentityReported:
    plate = agreeing[0].plate
    least = min(frame.score for frame in agreeing)
    evidence = max(agreeing, key=lambda f: f.score).evidence
    if plate not in listed:
        return IdentityReported(gate, Match.NOT_LISTED, "", plate, least, evidence)
    # A reader that errs by one character errs alike in every frame: between neighbours on the list only a person can tell.
    if neighbours(plate, listed):
        return IdentityReported(gate, Match.UNSURE, "", plate, least, evidence)
    return IdentityReported(gate, Match.MATCHED, listed[plate], plate, least, evidence)


def neighbours(plate: str, listed: Mapping[str, TruckName]) -> tuple[str, ...]:
    """The other listed plates that differ from this one in a single character: changed, missing or added."""
    return tuple(other for other in listed if other != plate and _one_apart(plate, other))


def _one_apart(a: str, b: str) -> bool:
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
