"""What system tests need of the machine; where it is missing they are skipped, unless LANECTL_REQUIRE_REAL is set."""

import os
import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def mosquitto() -> str:
    return found(shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"), "mosquitto is not installed")


@pytest.fixture(scope="session")
def photographs() -> Path:
    """The folder of real photographs, which is no part of the project."""
    beside = Path(__file__).parents[2].parent / "shared"
    folder = Path(os.environ.get("LANECTL_SHARED", beside)) / "plates" / "dev"
    return Path(found(str(folder) if folder.is_dir() else None, f"{folder}: no photographs there; set LANECTL_SHARED"))


def found(what: str | None, missing: str) -> str:
    if what is None:
        if os.environ.get("LANECTL_REQUIRE_REAL"):
            pytest.fail(missing)
        pytest.skip(missing)
    return what
