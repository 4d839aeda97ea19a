"""`python -m sim PLAN` simulates a lane until it is told to end; `truth`, `fault` and `faults` speak to one that runs."""

import argparse
import asyncio
import ctypes
import json
import logging
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sim.control import ControlError, catalogue, cause, truth
from sim.plan import PlanError, from_json

if TYPE_CHECKING:
    from sim.program import Program

PR_SET_PDEATHSIG = 1  # prctl(2)
DONE, FAILED, USAGE, PLAN_INVALID = 0, 1, 2, 3


def main() -> int:
    arguments = _arguments(sys.argv[1:])
    try:
        match arguments.what:
            case "truth":
                print(json.dumps(truth(arguments.socket), indent=1, ensure_ascii=False))
            case "fault":
                cause(arguments.socket, arguments.name, arguments.arguments)
            case "faults":
                print(catalogue())
            case _:
                return _simulate(arguments.plan)
    except PlanError as error:
        print(f"sim: {error}", file=sys.stderr)
        return PLAN_INVALID
    except (ControlError, OSError) as error:
        print(f"sim: {error}", file=sys.stderr)
        return FAILED
    return DONE


def _arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sim", description=__doc__)
    what = parser.add_subparsers(dest="what", required=True, metavar="run|truth|fault|faults")
    run = what.add_parser("run", help="simulate a plan (also: python -m sim PLAN)")
    run.add_argument("plan", type=Path)
    asked = what.add_parser("truth", help="the simulated world as it is, as JSON")
    asked.add_argument("socket", type=Path)
    fault = what.add_parser("fault", help="make something go wrong, or right again", epilog="see: python -m sim faults")
    fault.add_argument("socket", type=Path)
    fault.add_argument("name")
    fault.add_argument("arguments", nargs="*")
    what.add_parser("faults", help="everything that can go wrong")
    if given and given[0] not in what.choices and not given[0].startswith("-"):
        given = ["run", *given]
    return parser.parse_args(given)


def _simulate(plan_file: Path) -> int:
    from sim.program import Program  # noqa: PLC0415 - brings OpenCV along, which asking for the truth does not need

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("mqtt").setLevel(logging.ERROR)
    _end_with_parent()
    plan = from_json(plan_file.read_bytes())
    asyncio.run(_until_told(Program(plan)))
    return DONE


async def _until_told(program: "Program") -> None:
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    try:
        await program.open()
        running = asyncio.create_task(program.run())
        waiting = asyncio.create_task(told.wait())
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if running.done():
            await running
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    finally:
        await program.close()


def _end_with_parent() -> None:
    """Nothing of a simulation outlives who started it."""
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        raise ControlError("who started the simulator has ended already")


if __name__ == "__main__":
    sys.exit(main())
