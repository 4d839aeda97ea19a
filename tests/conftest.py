"""Which tests run one after the other: those that keep time with real devices, brokers and browsers, and would miss it on a busy core."""

from pathlib import Path

import pytest

IN_REAL_TIME = ("drivers", "faults", "system", "web")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).parts[0] in IN_REAL_TIME:
            item.add_marker(pytest.mark.real_time)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """`make test ARGS=…` may choose tests of one kind only: that the other kind then has none is no failure."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and session.config.getoption("markexpr"):
        session.exitstatus = pytest.ExitCode.OK
