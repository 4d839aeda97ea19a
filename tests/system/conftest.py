"""What system tests need of the machine; where it is missing they are skipped, unless LANECTL_REQUIRE_REAL is set."""

import os
import shutil

import pytest


@pytest.fixture(scope="session")
def mosquitto() -> str:
    """The program's path."""
    program = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if program is None:
        if os.environ.get("LANECTL_REQUIRE_REAL"):
            pytest.fail("mosquitto is not installed")
        pytest.skip("mosquitto is not installed")
    return program
