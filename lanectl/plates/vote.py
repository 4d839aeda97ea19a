"""The vote over camera frames and the match with the manifest. One read never names a truck: several frames have to say the same.

A listed plate is matched by how likely all frames together make it, against every other listed plate and against what was read freely. A
frame is a vote for a plate if it alone would come to the same; so a misread that comes back in every frame still meets the margin that
look-alikes ask for, and a doubt in one character is a person's to end.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from lanectl.model import Candidate, IdentityReported, Match, PlateSeen, SightReported, Slot, TruckName
from lanectl.plates.formats import country, normalise, one_apart
from lanectl.plates.slots import Profile, likelihood, profiles
from lanectl.plates.tracking import Box, continues

CANDIDATES_MAX = 5
NEAR = 14.0  # nats: a plate this much less likely than the best is no candidate; two characters that no frame named


@dataclass(frozen=True, slots=True)
class VoteSettings:
    """`score_min` is for the weakest character of a read that tells nothing but its text. A rival raises `agreeing_frames` by one for each
    frame that shows it. Margins in nats (natural logarithms) of one frame on average: how much likelier the matched plate must be.
    """

    agreeing_frames: int = 3
    score_min: float = 0.85
    frames_max: int = 12  # looked at before a person is asked; the vote goes on over the newest so many
    frame_age_s_max: float = 30.0  # older frames may show another truck
    doubt_s: float = 10.0  # a person is asked by then, however few frames were read, and something else no sooner than that after
    margin_min: float = 3.0  # over another plate of the manifest,
    margin_alike_min: float = 5.5  # over one that differs in a single character: one in 250
    free_less_max: float = 3.0  # less likely than what was read freely: one in 20, for a truck that waits is most likely a listed one
    markers: tuple[tuple[int, TruckName], ...] = ()  # which truck carries which; a second identity, never the only one
    absent_min: float = 5.5  # so much less likely than what was read, a listed plate is not what stands there


@dataclass(frozen=True, slots=True)
class Frame:
    at: float
    plate: str
    score: float
    evidence: str
    slots: tuple[Slot, ...] = ()
    markers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Votes:
    """What one gate's cameras have shown of the truck that stands there. Start from `Votes()` with each ReadPlate(gate, True).

    `box`: where the plate was last seen. `sighted`: what was concluded of anything but the plate in front. `began`: the first look at this
    truck, whichever plates were seen since; None before. `settled`: something was concluded since then. `asked`: when a person was
    last told of a doubt.
    """

    frames: tuple[Frame, ...] = ()
    concluded: IdentityReported | None = None
    box: Box = ()
    sighted: SightReported | None = None
    began: float | None = None
    settled: bool = False
    asked: float | None = None


DOUBTS = (Match.UNSURE, Match.UNREADABLE)

Listed = Mapping[str, TruckName]


def vote(votes: Votes, now: float, seen: PlateSeen, listed: Listed, settings: VoteSettings) -> tuple[Votes, IdentityReported | None]:
    """Count one frame's read. The second value is new word of the truck's identity, None while there is none.

    `listed`: normalised plates of the manifest. An empty `seen.plate` is a frame in which no plate could be read.
    """
    if not continues(votes.box, seen.box):
        votes = Votes(began=votes.began, settled=votes.settled)  # another plate: what was read of the one before it counts for nothing
    frame = Frame(now, normalise(seen.plate), seen.score, seen.evidence, seen.slots, seen.markers)
    recent = [f for f in (*votes.frames, frame) if now - f.at <= settings.frame_age_s_max]
    frames = tuple(recent[-settings.frames_max :])
    votes = replace(votes, frames=frames, box=seen.box or votes.box, began=now if votes.began is None else votes.began)
    conclusion = _concluded(frames, seen.gate, listed, settings)
    if conclusion is None and _calls_for_a_person(votes, now, settings):
        conclusion = _doubt(frames, seen.gate, listed)
    if conclusion is None:  # too early to say, or frames that agree on nothing, which do not take back what was concluded
        return votes, None
    conclusion = _of_one_picture(votes.concluded, structs.replace(conclusion, marked=_marked(frames, settings)))
    if votes.concluded is not None and _told_before(votes.concluded, conclusion, due=asks_again(votes.asked, now, settings)):
        return replace(votes, settled=True), None
    return replace(votes, concluded=conclusion, settled=True, asked=now if conclusion.match in DOUBTS else None), conclusion


def asks_again(asked: float | None, now: float, settings: VoteSettings) -> bool:
    """What a person is asked changes no faster than a person can look at it."""
    return asked is None or now - asked >= settings.doubt_s


def _told_before(told: IdentityReported, said: IdentityReported, *, due: bool) -> bool:
    """Frames that show nothing rule nothing out. Who else a doubt leaves possible is told when it is `due`."""
    if (told.match, said.match) == (Match.UNSURE, Match.UNREADABLE):
        return True
    return _says(said) == _says(told) and (not due or _possible(said) == _possible(told))


def _of_one_picture(told: IdentityReported | None, said: IdentityReported) -> IdentityReported:
    """A person goes on looking at the same picture while the same leads: else whoever confirms what it shows always comes too late."""
    if told is None or said.match not in DOUBTS or said.match is not told.match or _leads(said) != _leads(told):
        return said
    return structs.replace(said, plate=told.plate, score=told.score, evidence=told.evidence)


def _leads(doubt: IdentityReported) -> str:
    if doubt.match is Match.UNREADABLE:
        return ""
    return doubt.candidates[0].plate if doubt.candidates else doubt.plate


def _possible(identity: IdentityReported) -> frozenset[str]:
    return frozenset(candidate.plate for candidate in identity.candidates)


def _calls_for_a_person(votes: Votes, now: float, settings: VoteSettings) -> bool:
    """Also where two plates are seen in turn, so that neither is ever looked at often enough. Once more only while it is in doubt."""
    if votes.concluded is not None:
        doubted = votes.concluded.match in DOUBTS
        return doubted and asks_again(votes.asked, now, settings) and looked_enough(votes.frames, settings)
    unsettled_s = 0.0 if votes.began is None or votes.settled else now - votes.began
    return looked_enough(votes.frames, settings) or unsettled_s >= 2 * settings.doubt_s


def looked_enough(frames: Sequence[Frame], settings: VoteSettings) -> bool:
    """To ask a person, where frames agree on nothing."""
    long = len(frames) >= settings.agreeing_frames and frames[-1].at - frames[0].at >= settings.doubt_s
    return long or len(frames) == settings.frames_max


def _says(identity: IdentityReported) -> tuple[Match, str, str, str]:
    return identity.match, identity.plate, identity.marked, identity.candidates[0].plate if identity.candidates else ""


def _marked(frames: Sequence[Frame], settings: VoteSettings) -> TruckName:
    """The truck whose marker as many frames show as a plate needs; of several the one that most show."""
    shown = [(sum(1 for frame in frames if number in frame.markers), truck) for number, truck in settings.markers]
    often = max(shown, default=(0, ""), key=lambda held: held[0])
    return often[1] if often[0] >= settings.agreeing_frames else ""


def _concluded(frames: Sequence[Frame], gate: str, listed: Listed, settings: VoteSettings) -> IdentityReported | None:
    fitting = [frame for frame in frames if country(frame.plate)]
    if len(fitting) < settings.agreeing_frames:
        return None
    pool = _profiles(fitting)
    weighed = _weighed(pool, fitting, listed)
    if weighed.listed:
        best = weighed.listed[0][0]
        ballots = [_ballot(frame, [plate for plate, _ in weighed.listed], settings) for frame in fitting]
        found = [frame for frame, ballot in zip(fitting, ballots, strict=True) if ballot == best]
        rivals = sum(1 for ballot in ballots if ballot not in ("", best))
        if len(found) >= settings.agreeing_frames + rivals and _stands_out(weighed, settings):
            return IdentityReported(gate, Match.MATCHED, listed[best], best, _score(found), _evidence(found))
    alike = agreeing(fitting, settings)
    if not alike:
        return None
    plate = alike[0].plate
    absent = plate not in listed and (not weighed.listed or weighed.free - weighed.listed[0][1] >= settings.absent_min)
    match = Match.NOT_LISTED if absent else Match.UNSURE
    candidates = () if absent else _candidates(weighed, listed)
    return IdentityReported(gate, match, "", plate, _score(alike), _evidence(alike), candidates)


# ---------------------------------------------------------------- how likely each plate is


@dataclass(frozen=True, slots=True)
class _Weighed:
    """Listed plates with their likelihood, the likeliest first, and `free`: that of the likeliest text that was read."""

    listed: tuple[tuple[str, float], ...]
    free: float


def _profiles(frames: Sequence[Frame]) -> tuple[Profile, ...]:
    return profiles((frame.plate, frame.score, frame.slots) for frame in frames)


def _weighed(pool: Sequence[Profile], fitting: Sequence[Frame], listed: Listed) -> _Weighed:
    free = max(likelihood(pool, plate) for plate in {frame.plate for frame in fitting})
    found = sorted(((plate, likelihood(pool, plate)) for plate in listed if country(plate)), key=lambda held: -held[1])
    return _Weighed(tuple(held for held in found if free - held[1] < NEAR), free)


def _stands_out(weighed: _Weighed, settings: VoteSettings) -> bool:
    """Over every other listed plate, and not far behind what was read freely."""
    (best, likely), *others = weighed.listed
    beats = all(likely - other >= _margin(best, plate, settings) for plate, other in others)
    return beats and weighed.free - likely <= settings.free_less_max


def _margin(best: str, other: str, settings: VoteSettings) -> float:
    return settings.margin_alike_min if one_apart(best, other) else settings.margin_min


def _ballot(frame: Frame, plates: Sequence[str], settings: VoteSettings) -> str:
    """Which listed plate this frame alone stands for, a text of its own where it stands for none of them, "" where it does not say."""
    if not frame.slots:
        return frame.plate if frame.score >= settings.score_min else ""
    pool = _profiles([frame])
    found = sorted(((plate, likelihood(pool, plate)) for plate in plates), key=lambda held: -held[1])
    weighed = _Weighed(tuple(found), likelihood(pool, frame.plate))
    if _stands_out(weighed, settings):
        return found[0][0]
    sure = frame.score >= settings.score_min and weighed.free - found[0][1] > settings.free_less_max
    return frame.plate if sure else ""


def _candidates(weighed: _Weighed, listed: Listed) -> tuple[Candidate, ...]:
    """`score`: the share of all that the frames leave possible, what was read freely among it."""
    first = weighed.listed[:CANDIDATES_MAX]
    best = max([weighed.free, *(likely for _, likely in first)])
    whole = sum(math.exp(likely - best) for _, likely in weighed.listed)
    whole += math.exp(weighed.free - best) if all(likely < weighed.free for _, likely in first) else 0.0
    return tuple(Candidate(listed[plate], plate, round(math.exp(likely - best) / whole, 3)) for plate, likely in first)


# ---------------------------------------------------------------- frames that agree, whatever is listed


def agreeing(fitting: Sequence[Frame], settings: VoteSettings) -> list[Frame]:
    """The frames that show the same plate, if they outnumber all trusted rivals by the frames that are asked for."""
    trusted = [frame for frame in fitting if frame.score >= settings.score_min]
    if not trusted:
        return []
    plates = [frame.plate for frame in trusted]
    leader = max(plates, key=plates.count)
    alike = [frame for frame in trusted if frame.plate == leader]
    rivals = len(trusted) - len(alike)
    return alike if len(alike) >= settings.agreeing_frames + rivals else []


def _doubt(frames: Sequence[Frame], gate: str, listed: Listed) -> IdentityReported:
    """What to show a person when the frames agree on nothing: the best text that could be a plate, else the best text."""
    fitting = [frame for frame in frames if country(frame.plate)]
    best = max(fitting or frames, key=clearest)
    if not fitting:
        return IdentityReported(gate, Match.UNREADABLE, "", best.plate, best.score, best.evidence)
    candidates = _candidates(_weighed(_profiles(fitting), fitting, listed), listed)
    return IdentityReported(gate, Match.UNSURE, "", best.plate, best.score, best.evidence, candidates)


def clearest(frame: Frame) -> tuple[float, float]:
    """Of frames that show as much the newest: the truck has come nearer."""
    return frame.score, frame.at


def _score(frames: Sequence[Frame]) -> float:
    return min(frame.score for frame in frames)


def _evidence(frames: Sequence[Frame]) -> str:
    return max(frames, key=lambda f: f.score).evidence
