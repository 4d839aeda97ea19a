"""Plate formats, what frames leave possible, the vote over them and the match with the manifest; pure."""

from lanectl.plates.formats import CN_PROVINCES, FORMATS, country, neighbours, normalise, one_apart
from lanectl.plates.sights import container_number, rear_plate
from lanectl.plates.vote import Frame, Votes, VoteSettings, vote

__all__ = [
    "CN_PROVINCES",
    "FORMATS",
    "Frame",
    "VoteSettings",
    "Votes",
    "container_number",
    "country",
    "neighbours",
    "normalise",
    "one_apart",
    "rear_plate",
    "vote",
]
