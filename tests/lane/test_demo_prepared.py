"""What stops a demo before its first program starts, and that nothing of it is left behind."""

import socket
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from lanectl.config import ConfigError
from lanectl.demo import prepared
from lanectl.demo.prepared import PORTS, InTheWayError, Options, prepare
from lanectl.operating_client import SOCKET
from tests.site_files import SHIPPED


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Options:
    """With a place of its own for what is short-lived."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setenv(SOCKET, str(tmp_path / "c.sock"))
    return Options(SHIPPED, 1, 2, 1, 1.0, True, _free_ports(), tmp_path / "kept", "en")


def _free_ports() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        first = int(probe.getsockname()[1])
    return min(first, 65500 - len(PORTS))


def short_lived(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "tmp").iterdir())


def test_a_demo_that_cannot_start_leaves_nothing_behind(options: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError):
        prepare(replace(options, site=tmp_path))
    assert not options.folder.exists()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(prepared, "make_demo_site", interrupted)
    with pytest.raises(KeyboardInterrupt):
        prepare(options)
    assert short_lived(tmp_path) == []


def test_a_demo_acts_on_no_controller_but_its_own(options: Options, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as living:
        living.bind(str(tmp_path / "c.sock"))
        living.listen()
        with pytest.raises(InTheWayError, match="a controller answers at"):
            prepare(options)
    assert short_lived(tmp_path) == []


def test_what_a_killed_demo_left_behind_is_not_in_the_way(options: Options, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "c.sock"))
    made = prepare(options)
    assert made.plan.exists()
    made.remove()
    assert short_lived(tmp_path) == []
