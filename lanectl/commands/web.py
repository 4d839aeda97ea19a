"""`lanectl web`: the operators' page, a process of its own beside the controller."""

from pathlib import Path
from typing import Annotated

import typer

FAILED = 1
END_S_MAX = 3  # a stream ends within a heartbeat; after this it is cut


def register(app: typer.Typer) -> None:
    app.command("web")(web)


def web(
    socket: Annotated[Path | None, typer.Option(envvar="LANECTL_SOCKET", help="The controller's socket; found by itself.")] = None,
    evidence: Annotated[Path | None, typer.Option(help="Folder of the pictures that plates were read from; they are shown.")] = None,
    host: Annotated[str, typer.Option(help="Where to listen. The page asks nobody who they are: keep it on loopback.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8080,
) -> None:
    """Shows the lane in a browser, read-only. Goes on trying while there is no controller."""
    import uvicorn

    from lanectl.operating_client import find_socket, watch
    from lanectl.web.app import application

    hosts = [host, "localhost", "127.0.0.1", "[::1]"]
    app = application(lambda: watch(find_socket(socket)), hosts, lambda: server.should_exit, evidence)
    typer.echo(f"http://{host}:{port}/", err=True)
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=END_S_MAX, lifespan="on"
    )
    server = uvicorn.Server(config)
    try:
        server.run()
    except SystemExit:
        typer.echo(f"port {port} on {host} cannot be used: choose another with --port", err=True)
    if not server.started:
        raise typer.Exit(FAILED)
