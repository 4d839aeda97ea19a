"""What cameras read besides the plate in front: a plate at the rear, voted on like any, and a container's number, which is no plate."""

from collections.abc import Collection
from dataclasses import replace

from lanectl.model import Match, PlateSeen, Sight, SightReported
from lanectl.plates.vote import Frame, Votes, VoteSettings, agreeing, vote

KNOWN = (Match.MATCHED, Match.NOT_LISTED)


def rear_plate(
    votes: Votes, now: float, seen: PlateSeen, listed: Collection[str], settings: VoteSettings
) -> tuple[Votes, SightReported | None]:
    """`listed`: plates that any truck of the manifest may wear at its rear. A read that is surely none of them is told too."""
    votes, identity = vote(votes, now, seen, dict.fromkeys(listed, ""), settings)
    if identity is None:
        return votes, None
    text = identity.plate if identity.match in KNOWN else ""
    return votes, SightReported(seen.gate, Sight.REAR, text, identity.score, identity.evidence)


def container_number(votes: Votes, now: float, seen: PlateSeen, settings: VoteSettings) -> tuple[Votes, SightReported | None]:
    """`seen.plate`: a number whose check digit is right, else "". Frames must agree on the whole of it."""
    frame = Frame(now, seen.plate, seen.score, seen.evidence)
    recent = [f for f in (*votes.frames, frame) if now - f.at <= settings.frame_age_s_max]
    frames = tuple(recent[-settings.frames_max :])
    votes = replace(votes, frames=frames)
    found = agreeing([f for f in frames if f.plate], settings)
    if not found and len(frames) < settings.frames_max:
        return votes, None
    best = max(found, key=lambda f: f.score) if found else frame
    said = SightReported(seen.gate, Sight.CONTAINER, best.plate if found else "", best.score, best.evidence)
    told_before = votes.sighted is not None and said.text == votes.sighted.text
    return replace(votes, sighted=said), None if told_before else said
