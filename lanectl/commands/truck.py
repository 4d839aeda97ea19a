"""`lanectl truck`: the trucks one by one: how each stands, halting one and letting it go on."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lanectl.commands import acts

if TYPE_CHECKING:
    from lanectl.status import LaneStatus
    from lanectl.status.shown import TruckShown

Serial = Annotated[str, typer.Argument(help="Its serial number.")]

SCHEMA_VERSION = 1
FAILED, UNREACHABLE = 1, 5

truck = typer.Typer(no_args_is_help=True, help="Trucks: how each stands, halting one and letting it go on.", rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    app.add_typer(truck, name="truck")


@truck.command("list")
def list_(socket: acts.Socket = None, lang: acts.Lang = "en", as_json: acts.Json = False) -> None:
    """Every truck: where it is, how old that knowledge is, and why it waits."""
    import json

    status = lane_status(socket, lang)
    for one in status.trucks:
        typer.echo(json.dumps(_plain(status, one)) if as_json else _line(one, lang))


@truck.command()
def show(
    serial: Serial,
    socket: acts.Socket = None,
    lang: acts.Lang = "en",
    as_json: acts.Json = False,
) -> None:
    """One truck, with the alarms that it raises and the command that answers each."""
    import json

    from lanectl.wording import alarm_text

    status = lane_status(socket, lang)
    found = next((one for one in status.trucks if one.name == serial), None)
    if found is None:
        known = ", ".join(one.name for one in status.trucks) or "none was heard yet"
        typer.echo(f"No truck {serial} here. Known: {known}.", err=True)
        raise typer.Exit(FAILED)
    if as_json:
        typer.echo(json.dumps(_plain(status, found)))
        return
    typer.echo(_line(found, lang))
    if found.certificate:
        typer.echo(f"  certificate {found.certificate}")
    for alarm in status.alarms:
        if alarm.params.get("truck") == serial:
            typer.echo(
                f"  {alarm_text(alarm, 'what', lang)}. {alarm_text(alarm, 'action', lang)}" + (f"  → {alarm.mend}" if alarm.mend else "")
            )


def _act(name: str, act: str, told: str) -> None:
    """One command line that asks for one act of one truck."""

    def asked(
        serial: Serial,
        by: acts.By = "",
        reason: acts.Reason = "",
        pin: acts.Pin = "",
        socket: acts.Socket = None,
        lang: acts.Lang = "en",
        as_json: acts.Json = False,
    ) -> None:
        acts.perform(act, {"by": by, "reason": reason, "pin": pin}, [serial], socket, lang, as_json=as_json)

    truck.command(name, help=told)(asked)


_act("pause", "PAUSE", "Halts a truck where it is. It keeps its way and its sections, and gets nothing more until `lanectl truck resume`.")
_act(
    "resume",
    "RESUME",
    "Lets a truck go on that a person paused or cancelled. One that was stopped for another cause needs `lanectl truck release`.",
)
_act(
    "cancel",
    "CANCEL",
    "Takes a truck's way back and pauses it. What it is in stays locked; `lanectl truck resume` gives it a new way.",
)
_act("release", "RESET", "Lets a stopped truck go on after its cause is gone; the same act as `lanectl reset SERIAL`.")


@truck.command("init-position")
def init_position(
    serial: Serial,
    node: Annotated[str, typer.Argument(help="The node that it passed last, by its name on the site's map.")],
    x: Annotated[float | None, typer.Option("--x", help="Where it stands on that map, in metres; left out: at the node.")] = None,
    by: acts.By = "",
    reason: acts.Reason = "",
    pin: acts.Pin = "",
    socket: acts.Socket = None,
    lang: acts.Lang = "en",
    as_json: acts.Json = False,
) -> None:
    """Tells a truck that stands and does not know where it is where it stands, if its factsheet has initPosition. Look first."""
    acts.perform("PLACE", {"by": by, "reason": reason, "pin": pin, "place": node}, [serial], socket, lang, as_json=as_json, x_m=x)


def lane_status(socket: Path | None, lang: str) -> "LaneStatus":
    from lanectl import operating_client
    from lanectl.commands.status import checked_language
    from lanectl.picture import from_line

    checked_language(lang)
    try:
        return from_line(operating_client.status(operating_client.find_socket(socket)))
    except operating_client.NoControllerError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(UNREACHABLE) from None


def _plain(status: "LaneStatus", one: "TruckShown") -> dict[str, object]:
    import msgspec

    alarms = [alarm.code for alarm in status.alarms if alarm.params.get("truck") == one.name]
    plain: dict[str, object] = msgspec.to_builtins(one)
    return {"schema_version": SCHEMA_VERSION, **plain, "alarms": alarms}


def _line(one: "TruckShown", lang: str) -> str:
    from lanectl.printable import printable
    from lanectl.wording import why_it_waits, word

    age = "-" if one.age_s is None else f"{one.age_s:.1f} s" + (" !" if one.stale else "")
    where = " ".join(one.sections) or one.place
    line = f"{one.name}  {one.plate or '-'}  {word(f'truck_state.{one.state}', lang)}  {where}  → {one.authority or '-'}  {age}"
    return printable(line) + (f"\n  {why_it_waits(one.name, one.waits, lang)}" if one.waits is not None else "")
