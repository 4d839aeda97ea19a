"""What cameras read besides the plate in front: a plate at the rear, voted on like any, and a container's number, which is no plate."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lanectl.model import Candidate, Match, PlateSeen, Sight, SightReported, TruckName
from lanectl.plates.vote import CANDIDATES_MAX, Frame, Votes, VoteSettings, agreeing, looked_enough, vote

KNOWN = (Match.MATCHED, Match.NOT_LISTED)
MISREAD_MAX = 1  # of eleven wrong container numbers one has a right check digit: what a single frame shows rules nothing out

Listed = Mapping[str, TruckName]


def rear_plate(votes: Votes, now: float, seen: PlateSeen, listed: Listed, settings: VoteSettings) -> tuple[Votes, SightReported | None]:
    """`listed`: plates that any truck of the manifest may wear at its rear. A read that is surely none of them is told too."""
    votes, identity = vote(votes, now, seen, listed, settings)
    if identity is None:
        return votes, None
    text = identity.plate if identity.match in KNOWN else ""
    read = identity.plate if identity.match is Match.UNSURE else ""
    return votes, SightReported(seen.gate, Sight.REAR, text, identity.score, identity.evidence, read, identity.candidates)


def container_number(
    votes: Votes, now: float, seen: PlateSeen, listed: Listed, settings: VoteSettings
) -> tuple[Votes, SightReported | None]:
    """`seen.plate`: a number whose check digit is right, else "". Frames must agree on the whole of it. `listed`: as declared."""
    frame = Frame(now, seen.plate, seen.score, seen.evidence)
    recent = [f for f in (*votes.frames, frame) if now - f.at <= settings.frame_age_s_max]
    frames = tuple(recent[-settings.frames_max :])
    votes = replace(votes, frames=frames)
    found = agreeing([f for f in frames if f.plate], settings)
    if not found and not looked_enough(frames, settings):
        return votes, None
    said = _agreed(seen.gate, found) if found else _doubt(seen.gate, frames, listed)
    told_before = votes.sighted is not None and said.text == votes.sighted.text
    return replace(votes, sighted=said), None if told_before else said


def _agreed(gate: str, found: Sequence[Frame]) -> SightReported:
    best = max(found, key=lambda f: f.score)
    return SightReported(gate, Sight.CONTAINER, best.plate, best.score, best.evidence)


def _doubt(gate: str, frames: Sequence[Frame], listed: Listed) -> SightReported:
    """For a person: the number that most frames show, if more than one does, and which of those that are declared any frame shows."""
    numbers = [f.plate for f in frames if f.plate]
    often = sorted(set(numbers), key=lambda number: (-numbers.count(number), number))
    read = next((number for number in often if numbers.count(number) > MISREAD_MAX), "")
    candidates = [Candidate(listed[number], number, round(numbers.count(number) / len(frames), 3)) for number in often if number in listed]
    best = max([f for f in frames if f.plate == read] or frames, key=lambda f: f.score)
    return SightReported(gate, Sight.CONTAINER, "", best.score, best.evidence, read, tuple(candidates[:CANDIDATES_MAX]))
