"""Real components that a machine may lack: their tests are skipped in words; with LANECTL_REQUIRE_REAL that is a failure."""

import os
import shutil
from typing import NoReturn

import pytest

PLACES = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


def program(*names: str) -> str:
    """The path of the first of these programs that is installed."""
    found = next((path for name in names if (path := shutil.which(name, path=PLACES))), None)
    return found or missing(f"{names[0]} is not installed")


def missing(what: str) -> NoReturn:
    if os.environ.get("LANECTL_REQUIRE_REAL"):
        pytest.fail(what)
    pytest.skip(what)
