"""What a demo that ran to its end has to show: what the controller counted, and what was true in the simulated world."""

import msgspec
from rich.console import Console
from rich.table import Table

from lanectl.demo.prepared import Prepared
from lanectl.operating_client import status
from lanectl.status import LaneStatus
from sim.control import truth


def summary(console: Console, prepared: Prepared) -> None:
    shown = msgspec.json.decode(status(prepared.socket), type=LaneStatus)
    world = truth(prepared.control)
    broken = world["broken"]
    table = Table(title=f"{shown.name}, {shown.at:.0f} s of its clock", show_header=False)
    rows = {
        "crossings": str(shown.tally.crossings),
        "crossing time, median": f"{shown.tally.median_crossing_s:.1f} s" if shown.tally.median_crossing_s else "—",
        "plates matched / other": f"{shown.tally.plates_matched} / {shown.tally.plates_other}",
        "acts refused": str(shown.tally.refused_acts),
        "journal records": str(shown.seq),
        "broken truths in the world": str(len(broken)) if isinstance(broken, list) else "unknown",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    console.print(table)
