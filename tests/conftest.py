"""Which tests run one after the other: those that keep time with real devices, brokers and browsers, and would miss it on a busy core."""

from pathlib import Path

import pytest

IN_REAL_TIME = ("faults", "system", "web")
DRIVERS_IN_REAL_TIME = (
    "test_camera.py",
    "test_camera_faults.py",
    "test_flash_bus.py",
    "test_link.py",
    "test_mqtt",
    "test_plate_worker.py",
    "test_sim_devices_",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        folder, name = item.path.relative_to(here).parts[0], item.path.name
        if folder in IN_REAL_TIME or (folder == "drivers" and name.startswith(DRIVERS_IN_REAL_TIME)):
            item.add_marker(pytest.mark.real_time)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """`make test ARGS=…` may choose tests of one kind only: that the other kind then has none is no failure."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and session.config.getoption("markexpr"):
        session.exitstatus = pytest.ExitCode.OK
