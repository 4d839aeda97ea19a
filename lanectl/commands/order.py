"""`lanectl order`: what is to be carried over the lane."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from lanectl.commands import acts, goods

Id = Annotated[str, typer.Argument(help="The order's id.")]
Why = Annotated[str, typer.Option("--why", help="Why, in a few words; it is journalled.")]
CSV_BYTES_MAX = 256 * 1024  # as long as a message may be

order = typer.Typer(no_args_is_help=True, help="Transport orders: what is to be carried over the lane.", rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    app.add_typer(order, name="order")


@order.command()
def add(
    order_id: Id,
    direction: Annotated[str, typer.Option(help="VN_TO_CN or CN_TO_VN.")],
    latest: Annotated[str, typer.Option(help="It must have entered by then: 2026-11-22T14:00:00+07:00.")],
    consignment: Annotated[str, typer.Option(help="The name under which both authorities clear it; an empty return needs none.")] = "",
    truck: Annotated[str, typer.Option(help="The truck's serial; left out: any truck.")] = "",
    container: Annotated[str, typer.Option(help="Its number, like MSKU1234565.")] = "",
    plate: Annotated[list[str] | None, typer.Option(help="What cameras may read on it; again for each plate.")] = None,
    declared_weight_kg: Annotated[int, typer.Option(help="Of the whole truck; 0: nobody declared it.")] = 0,
    priority: Annotated[int, typer.Option(help="0 ordinary to 9 most urgent.")] = 0,
    earliest: Annotated[str, typer.Option(help="It may not enter before; left out: at once.")] = "",
    *,
    empty_return: Annotated[bool, typer.Option("--empty-return", help="The truck comes back without cargo.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="In the place of the order that has this id.")] = False,
    by: acts.By = "",
    pin: acts.Pin = "",
    socket: acts.Socket = None,
    lang: acts.Lang = "en",
    as_json: acts.Json = False,
) -> None:
    """Order one crossing. The same order again changes nothing; another under its id takes --replace."""
    given: dict[str, object] = {"id": order_id, "direction": direction.upper().replace("-", "_"), "latest": latest}
    given |= {"consignment": consignment, "truck": truck, "container": container, "plates": list(plate or ())}
    given |= {"declared_weight_kg": declared_weight_kg, "priority": priority, "earliest": earliest, "empty_return": empty_return}
    held = {name: value for name, value in given.items() if value not in ("", 0, [])}
    _ask([{"wish": "REPLACE" if replace else "ADD", "order": held}], by, pin, socket, lang, as_json=as_json)


@order.command("list")
def list_(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Also those that have ended and are remembered.")] = False,
    socket: acts.Socket = None,
    as_json: acts.Json = False,
) -> None:
    """Orders in the order in which they were accepted, each with where it stands and what the authorities say."""
    from lanectl.record import encode_json

    ended = ("DONE", "WITHDRAWN", "EXPIRED")
    for reply in goods.replies({"kind": "order-list", "all": everything}, socket):
        held = reply.get("order")
        if isinstance(held, dict) and (everything or held["state"] not in ended):
            typer.echo(encode_json({"schema_version": 1, **held}).decode() if as_json else goods.order_line(held))


@order.command()
def show(order_id: Id, socket: acts.Socket = None, as_json: acts.Json = False) -> None:
    """One order with all that is known of it."""
    from lanectl.printable import printable
    from lanectl.record import encode_json

    found = False
    for reply in goods.replies({"kind": "order-list", "id": order_id}, socket):
        held = reply.get("order")
        if isinstance(held, dict):
            found = True
            if as_json:
                typer.echo(encode_json({"schema_version": 1, **held}).decode())
            else:
                typer.echo("\n".join(printable(f"{name}: {value}") for name, value in held.items() if value not in (None, "", [])))
    if not found:
        typer.echo(f"There is no order {order_id} here: `lanectl order list --all` shows all that are remembered.", err=True)
        raise typer.Exit(goods.FAILED)


def _of_one(wish: str) -> Callable[..., None]:
    """What a person may want of an order that is there."""

    def command(
        order_id: Id,
        why: Why = "",
        by: acts.By = "",
        pin: acts.Pin = "",
        socket: acts.Socket = None,
        lang: acts.Lang = "en",
        as_json: acts.Json = False,
    ) -> None:
        _ask([{"wish": wish, "id": order_id, "why": why}], by, pin, socket, lang, as_json=as_json)

    return command


order.command("withdraw", help="It is not carried any more. Refused while its truck is in the lane.")(_of_one("WITHDRAW"))
order.command("hold", help="It waits until it is released. Refused while its truck is in the lane.")(_of_one("HOLD"))
order.command("release", help="A held order may be carried again.")(_of_one("RELEASE"))


@order.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV, its first line the names of the fields.")],
    by: acts.By = "",
    pin: acts.Pin = "",
    socket: acts.Socket = None,
    lang: acts.Lang = "en",
    as_json: acts.Json = False,
) -> None:
    """All orders of a file, or none: every mistake is told with its line and column."""
    try:
        with file.open("rb") as opened:
            data = opened.read(CSV_BYTES_MAX + 1)
    except OSError as error:
        typer.echo(f"{file}: {error.strerror}. Name a CSV file of orders (docs/reference/orders.md).", err=True)
        raise typer.Exit(goods.FAILED) from None
    if len(data) > CSV_BYTES_MAX:
        typer.echo(f"{file}: more than {CSV_BYTES_MAX} bytes. Send it in several files.", err=True)
        raise typer.Exit(goods.REFUSED)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        typer.echo(f"{file}: line {line}: is not UTF-8. Save it as CSV UTF-8.", err=True)
        raise typer.Exit(goods.REFUSED) from None
    request = {"kind": "order-import", "by": by or acts.login(), "pin": pin, "csv": text}
    goods.ask_and_tell(request, socket, lang, as_json=as_json)


def _ask(wishes: list[dict[str, object]], by: str, pin: str, socket: Path | None, lang: str, *, as_json: bool) -> None:
    request = {"kind": "order", "by": by or acts.login(), "pin": pin, "wishes": wishes}
    goods.ask_and_tell(request, socket, lang, as_json=as_json)
