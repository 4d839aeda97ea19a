"""`lanectl clearance`: what each country's authority says of a consignment, for a person of that authority."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from lanectl.commands import acts, goods

Consignment = Annotated[str, typer.Argument(help="The consignment, as it was declared.")]
Of = Annotated[str, typer.Option("--authority", envvar="LANECTL_AUTHORITY", help="VN or CN: the one that you speak for.")]
Why = Annotated[str, typer.Option("--why", help="Why, in a few words; it is journalled.")]
Until = Annotated[str, typer.Option("--until", help="When it ends: 2026-11-22T18:00:00+07:00; left out: not by itself.")]

clearance = typer.Typer(no_args_is_help=True, help="Clearances: what each authority says of a consignment.", rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    app.add_typer(clearance, name="clearance")


@clearance.command("list")
def list_(socket: acts.Socket = None, as_json: acts.Json = False) -> None:
    """What the authorities have said of each consignment that is remembered."""
    from lanectl.record import encode_json

    for reply in goods.replies({"kind": "clearance-list"}, socket):
        held = reply.get("clearance")
        if isinstance(held, dict):
            typer.echo(encode_json({"schema_version": 1, **held}).decode() if as_json else goods.clearance_line(held))


@clearance.command()
def clear(
    consignment: Consignment,
    authority: Of,
    until: Until = "",
    why: Why = "",
    by: acts.By = "",
    pin: acts.Pin = "",
    socket: acts.Socket = None,
    lang: acts.Lang = "en",
    as_json: acts.Json = False,
) -> None:
    """The authority clears the consignment."""
    end = {"valid_until": until} if until else {}
    _ask({"consignment": consignment, "standing": "CLEARED", "why": why, **end}, authority, (by, pin), socket, lang, as_json=as_json)


def _not_cleared(standing: str) -> Callable[..., None]:
    def command(
        consignment: Consignment,
        authority: Of,
        why: Why = "",
        by: acts.By = "",
        pin: acts.Pin = "",
        socket: acts.Socket = None,
        lang: acts.Lang = "en",
        as_json: acts.Json = False,
    ) -> None:
        _ask({"consignment": consignment, "standing": standing, "why": why}, authority, (by, pin), socket, lang, as_json=as_json)

    return command


HOLD = "The authority holds it for inspection: its truck does not enter, and in the lane it stops where that does no harm."
clearance.command("hold", help=HOLD)(_not_cleared("HELD"))
clearance.command("withdraw", help="The authority takes its clearance back.")(_not_cleared("WITHDRAWN"))


def _ask(said: dict[str, object], authority: str, person: tuple[str, str], socket: Path | None, lang: str, *, as_json: bool) -> None:
    name = authority.upper()
    if name not in ("VN", "CN"):
        typer.echo(f"--authority: {authority} is none of VN, CN.", err=True)
        raise typer.Exit(goods.USAGE)
    request = {"kind": "clearance", "by": person[0] or acts.login(), "pin": person[1], "authority": name, "clearances": [said]}
    goods.ask_and_tell(request, socket, lang, as_json=as_json)
