"""The shipped site with a shorter bridge, four sections of 40 m: the same gates and devices, and a crossing in a third of the time."""

from pathlib import Path

from tests.site_files import SHIPPED

SECTION_M = 40.0
SECTIONS = 4
STOP_SHORT_M = 12.0
GATE_STOP_SHORT_M = 3.0


def short_lane(folder: Path) -> Path:
    """Writes it into `folder` and returns it."""
    folder.mkdir(parents=True)
    for file in SHIPPED.iterdir():
        (folder / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    site = (folder / "site.toml").read_text(encoding="utf-8")
    about = site[: site.index("[[point]]")].replace("border_m = 154.5", f"border_m = {SECTION_M}")
    (folder / "site.toml").write_text("\n".join([about, *_points(), *_sections(), *_bridge_modules()]), encoding="utf-8")
    exit_gate = (folder / "gate-cn.toml").read_text(encoding="utf-8")
    assert "at_m = 618.0" in exit_gate
    (folder / "gate-cn.toml").write_text(exit_gate.replace("at_m = 618.0", f"at_m = {SECTION_M * SECTIONS}"), encoding="utf-8")
    return folder


def _points() -> list[str]:
    return [f'[[point]]\nname = "P{n}"\nat_m = {n * SECTION_M}\na = "P{n}-a"\nb = "P{n}-b"\n' for n in range(1, SECTIONS)]


def _sections() -> list[str]:
    stops = [*[STOP_SHORT_M] * (SECTIONS - 1), GATE_STOP_SHORT_M]
    return [f'[[section]]\nname = "K{n}"\nstop_short_m = {stop_m}\n' for n, stop_m in enumerate(stops, start=1)]


def _bridge_modules() -> list[str]:
    """Two on one bus, as the real bridge has three."""
    port = '[[port]]\nname = "bridge-io"\ndevice = "/dev/serial/by-id/lanectl-bridge-io"\nbaud = 38400\nparity = "N"\n'
    inputs = (["P1-a", "P1-b", "P2-a", "P2-b", "", ""], ["P3-a", "P3-b", "", "", "", ""])
    units = [
        f'[[unit]]\nname = "io-bridge-{n}"\nport = "bridge-io"\nkind = "moxa-r1214"\naddress = {n}\ninputs = {carried}\n'.replace("'", '"')
        + "vacant_when = 1\nwatchdog_s = 0\ninput_filter = 2\nmarker_relay = 5\n"
        for n, carried in enumerate(inputs, start=1)
    ]
    return [port, *units]
