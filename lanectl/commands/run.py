"""`lanectl run`: the controller of one site, until it is told to end."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

CONFIGURATION_INVALID, FAILED = 3, 1


def register(app: typer.Typer) -> None:
    app.command("run")(run)


def run(
    config: Annotated[Path, typer.Argument(help="The site's folder.")],
    journal: Annotated[Path, typer.Option(help="The journal's file; made where it is missing.")] = Path("/var/lib/lanectl/journal.db"),
    evidence: Annotated[Path, typer.Option(help="Folder for the pictures that plates were read from.")] = Path("/var/lib/lanectl/evidence"),
    socket: Annotated[Path | None, typer.Option(help="The local socket for operators' commands.")] = None,
    metrics_port: Annotated[int | None, typer.Option(help="Serve Prometheus metrics on this port of loopback.")] = None,
    speed: Annotated[float, typer.Option(min=0.1, max=20.0, help="Clock speed; other than 1 only against the simulator.")] = 1.0,
    epoch: Annotated[float, typer.Option(min=0.0, help="What the monotonic clock read when this clock stood at 0.")] = 0.0,
) -> None:
    """Runs the lane. SIGTERM ends it: the field falls to STOP by itself."""
    import asyncio
    import logging

    from drivers.mqtt import check_transport
    from lanectl.chain import JournalError
    from lanectl.commands.check import show_problems
    from lanectl.config import ConfigError, load
    from lanectl.desk import StoppedError, run_station
    from lanectl.operating import SocketTakenError
    from lanectl.operating_client import socket_path
    from lanectl.replay import check_lane
    from lanectl.station import Running
    from lanectl.wiring import mqtt_config

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        site = load(config)
        _check(site.mqtt.host, lambda: check_transport(mqtt_config(site)))
        evidence.mkdir(parents=True, exist_ok=True)
        check_lane(journal, site.layout.name)
        running = Running(journal, evidence, socket or socket_path(site.name), speed, epoch, metrics_port)
        asyncio.run(run_station(site, running))
    except ConfigError as error:
        show_problems(config, error, as_json=False)
        raise typer.Exit(CONFIGURATION_INVALID) from None
    except (JournalError, SocketTakenError, StoppedError, PermissionError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FAILED) from None


def _check(broker: str, check: Callable[[], None]) -> None:
    """Off loopback nothing starts without certificates that can be used."""
    try:
        check()
    except (ValueError, OSError) as error:
        typer.echo(f"the broker {broker} cannot be used safely: {error}. See [mqtt] in site.toml", err=True)
        raise typer.Exit(CONFIGURATION_INVALID) from None
