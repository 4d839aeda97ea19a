"""What system tests need of the machine; where it is missing they are skipped, unless LANECTL_REQUIRE_REAL is set."""

import pytest

from tests.real import program


@pytest.fixture(scope="session")
def mosquitto() -> str:
    """The program's path."""
    return program("mosquitto")
