"""`lanectl run` refuses what it could not run safely, in words and with an exit code."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lanectl.__main__ import app
from tests.site_files import SHIPPED

TLS = 'tls = { authority = "ca.crt", certificate = "own.crt", key = "own.key" }'


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """The shipped site with its broker off loopback."""
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "site"))
    site = (folder / "site.toml").read_text(encoding="utf-8").replace('host = "127.0.0.1"', 'host = "192.0.2.7"')
    (folder / "site.toml").write_text(site, encoding="utf-8")
    return folder


def run(folder: Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["run", str(folder), "--journal", str(folder / "journal.db"), "--socket", str(folder / "s.sock")])
    return result.exit_code, result.stderr


def test_a_broker_off_loopback_without_tls_is_refused(remote: Path) -> None:
    code, said = run(remote)
    assert code == 3
    assert "C054" in said
    assert not (remote / "journal.db").exists()


def test_certificates_that_are_not_there_are_refused_before_anything_is_opened(remote: Path) -> None:
    site = (remote / "site.toml").read_text(encoding="utf-8").replace("[mqtt]\n", f"[mqtt]\n{TLS}\n")
    (remote / "site.toml").write_text(site, encoding="utf-8")
    code, said = run(remote)
    assert code == 3
    assert "there is no file ca.crt" in said
    assert not (remote / "journal.db").exists()
