"""What cameras read besides the plate in front: a plate at the rear, voted on like any, and a container's number, which is no plate."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from msgspec import structs

from lanectl.model import Candidate, IdentityReported, Match, PlateSeen, Sight, SightReported, TruckName
from lanectl.plates.formats import country
from lanectl.plates.vote import CANDIDATES_MAX, Frame, Votes, VoteSettings, agreeing, asks_again, clearest, looked_enough, vote

KNOWN = (Match.MATCHED, Match.NOT_LISTED)
MISREAD_MAX = 1  # of eleven wrong container numbers one has a right check digit: what a single frame shows rules nothing out

Listed = Mapping[str, TruckName]


def rear_plate(votes: Votes, now: float, seen: PlateSeen, listed: Listed, settings: VoteSettings) -> tuple[Votes, SightReported | None]:
    """`listed`: plates that any truck of the manifest may wear at its rear. A read that is surely none of them is told too."""
    votes, identity = vote(votes, now, seen, listed, settings)
    if votes.concluded is None:
        return votes, None
    said = _at_the_rear(votes, votes.concluded, settings)
    if identity is None and votes.sighted is not None and votes.sighted.read == said.read:
        return votes, None
    return replace(votes, sighted=said), said


def _at_the_rear(votes: Votes, concluded: IdentityReported, settings: VoteSettings) -> SightReported:
    """Now and then a garbled frame looks like a plate: until as many do as name one, at one time, they rule nothing out."""
    fitting = sum(1 for frame in votes.frames if country(frame.plate))
    rules_out = fitting >= settings.agreeing_frames or (votes.sighted is not None and votes.sighted.read != "")
    text = concluded.plate if concluded.match in KNOWN else ""
    read = concluded.plate if concluded.match is Match.UNSURE and rules_out else ""
    return SightReported(concluded.gate, Sight.REAR, text, concluded.score, concluded.evidence, read, concluded.candidates)


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
    said = _agreed(seen.gate, found) if found else _of_one_picture(votes.sighted, _doubt(seen.gate, frames, listed))
    if votes.sighted is not None and _told_before(votes.sighted, said, due=asks_again(votes.asked, now, settings)):
        return votes, None
    return replace(votes, sighted=said, asked=None if found else now), said


def _told_before(told: SightReported, said: SightReported, *, due: bool) -> bool:
    """Frames that show less take nothing back: neither a number, nor that more than one frame ruled others out."""
    if said.text or told.text:
        return said.text in ("", told.text)
    shows_less = not said.read and (told.read != "" or not said.candidates)
    return shows_less or not due or (said.read, _possible(said)) == (told.read, _possible(told))


def _of_one_picture(told: SightReported | None, said: SightReported) -> SightReported:
    """A person goes on looking at the same picture while it shows what is asked about."""
    if told is None or told.text or (told.read, told.read or _leads(told)) != (said.read, said.read or _leads(said)):
        return said
    return structs.replace(said, score=told.score, evidence=told.evidence)


def _leads(doubt: SightReported) -> str:
    return doubt.candidates[0].plate if doubt.candidates else ""


def _possible(doubt: SightReported) -> frozenset[str]:
    return frozenset(candidate.plate for candidate in doubt.candidates)


def _agreed(gate: str, found: Sequence[Frame]) -> SightReported:
    best = max(found, key=lambda f: f.score)
    return SightReported(gate, Sight.CONTAINER, best.plate, best.score, best.evidence)


def _doubt(gate: str, frames: Sequence[Frame], listed: Listed) -> SightReported:
    """For a person: the number that most frames show, if more than one does, and which of those that are declared any frame shows."""
    numbers = [f.plate for f in frames if f.plate]
    often = sorted(set(numbers), key=lambda number: (-numbers.count(number), number))
    read = next((number for number in often if numbers.count(number) > MISREAD_MAX), "")
    candidates = [Candidate(listed[number], number, round(numbers.count(number) / len(frames), 3)) for number in often if number in listed]
    shown = read or (candidates[0].plate if candidates else "")
    best = max([f for f in frames if f.plate == shown] or frames, key=clearest)
    return SightReported(gate, Sight.CONTAINER, "", best.score, best.evidence, read, tuple(candidates[:CANDIDATES_MAX]))
