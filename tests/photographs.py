"""Real photographs of plates, which are no part of the project."""

import os
from pathlib import Path

from tests.real import missing

SHARED = Path(os.environ.get("LANECTL_SHARED", Path(__file__).parents[2] / "shared"))


def photograph(name: str) -> Path:
    """A picture of the development set, like "vn/scene/vn005.jpg". Where it is missing: skipped, with LANECTL_REQUIRE_REAL a failure."""
    path = SHARED / "plates" / "dev" / name
    if not path.is_file():
        missing(f"{path}: no photographs here; LANECTL_SHARED says where they are")
    return path
