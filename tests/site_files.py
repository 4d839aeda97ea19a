"""The shipped site with a mistake or two in it, as tests ask for it."""

import shutil
from pathlib import Path

from lanectl.config import load
from lanectl.site.problems import ConfigError, Problem

SHIPPED = Path(__file__).parent.parent / "config" / "bac-luan-2"
Edit = tuple[str, str, str]
"""File, text in it (once is enough), what stands there instead."""


def site_with(folder: Path, *edits: Edit) -> Path:
    """A copy of the shipped site with the first of each text replaced."""
    target = folder / "site"
    shutil.copytree(SHIPPED, target)
    for name, old, new in edits:
        text = (target / name).read_text(encoding="utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        (target / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return target


def site_both_ways(folder: Path, *, back_stop_m: float = 3.0) -> Path:
    """The shipped site, worked both ways."""
    target = site_with(folder)
    site = (target / "site.toml").read_text(encoding="utf-8").replace("weight_needed = true", "weight_needed = false")
    site = site.replace('direction = "VN_TO_CN"', 'direction = "VN_TO_CN"\nboth_ways = true\nplaces_beyond_back = 6')
    first, rest = site.split("stop_short_m = 12.0", 1)
    rest = rest.replace("\nstop_short_m = 12.0", "\nback_stop_short_m = 12.0\nstop_short_m = 12.0")
    site = f"{first}back_stop_short_m = {back_stop_m}\nstop_short_m = 12.0{rest}"
    site = site.replace("stop_short_m = 3.0 ", "back_stop_short_m = 12.0\nstop_short_m = 3.0 ")
    (target / "site.toml").write_text(site, encoding="utf-8")
    for name in ("vn", "cn"):
        text = (
            (target / f"gate-{name}.toml").read_text(encoding="utf-8").replace("clear_m = 45.0", "back_stop_short_m = 3.0\nclear_m = 45.0")
        )
        camera = '\n[[camera]]\nname = "cn-front"\nsource = "rtsp://camera-cn-front.lane/stream"\n' if name == "cn" else ""
        (target / f"gate-{name}.toml").write_text(text + camera, encoding="utf-8")
    return target


def problems_of(folder: Path) -> tuple[Problem, ...]:
    """What is wrong with it, nothing when it loads."""
    try:
        load(folder)
    except ConfigError as error:
        return error.problems
    return ()


def codes_of(folder: Path) -> list[str]:
    return [problem.code for problem in problems_of(folder)]
