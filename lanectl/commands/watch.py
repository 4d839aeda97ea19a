"""`lanectl watch`: the lane live in the terminal."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.live import Live

UNREACHABLE, INTERRUPTED = 5, 130
REDRAW_S = 0.5  # also without news, so that the age of the picture counts up


def register(app: typer.Typer) -> None:
    app.command("watch")(watch)


def watch(
    socket: Annotated[Path | None, typer.Option(envvar="LANECTL_SOCKET", help="The controller's socket; found by itself.")] = None,
    lang: Annotated[str, typer.Option(envvar="LANECTL_LANG", help="vi, zh or en.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Each status as a line of JSON.")] = False,
) -> None:
    """Shows the lane until Ctrl-C; ends with 5 when the controller is gone."""
    from rich.live import Live

    from lanectl.commands.status import checked_language
    from lanectl.operating_client import NoControllerError, find_socket

    checked_language(lang)
    try:
        path = find_socket(socket)
        if as_json:
            asyncio.run(_print_lines(path))
        else:
            with Live(screen=True, auto_refresh=False) as live:
                asyncio.run(_show(path, lang, live))
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    except NoControllerError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(UNREACHABLE) from None


async def _heard(path: Path) -> AsyncIterator[bytes]:
    """The controller's statuses; what goes wrong with it is told apart from what goes wrong with our own output."""
    from lanectl.operating_client import NoControllerError, watch

    try:
        async for line in watch(path):
            yield line
    except NoControllerError:
        raise
    except (OSError, ValueError) as error:
        raise NoControllerError(f"{path}: no controller answers there: {str(error) or 'it is silent'}") from error


async def _print_lines(path: Path) -> None:
    async for line in _heard(path):
        typer.echo(line.decode())


async def _show(path: Path, lang: str, live: "Live") -> None:
    """One task keeps the newest status, this one draws it with its age."""
    import time

    from lanectl.operating_client import NoControllerError
    from lanectl.picture import from_line
    from lanectl.watch import render

    newest, heard_at = None, 0.0
    news = asyncio.Event()

    async def listen() -> None:
        nonlocal newest, heard_at
        async for line in _heard(path):
            newest, heard_at = from_line(line), time.monotonic()
            news.set()

    listening = asyncio.create_task(listen())
    listening.add_done_callback(lambda _: news.set())
    while not listening.done():
        with suppress(TimeoutError):
            async with asyncio.timeout(REDRAW_S):
                await news.wait()
        news.clear()
        if newest is not None:
            live.update(render(newest, lang, time.monotonic() - heard_at), refresh=True)
    await listening
    raise NoControllerError(f"{path}: the controller ended")
