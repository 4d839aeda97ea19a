"""What `lanectl order` and `lanectl clearance` share: asking the controller, and saying what came of it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import typer

from lanectl.commands import acts

FAILED, USAGE, UNREACHABLE, REFUSED = 1, 2, 5, 8
TAKEN = ("accepted", "known")


def replies(request: Mapping[str, object], socket: Path | None) -> Iterator[Mapping[str, object]]:
    """Exits when no controller answers."""
    from lanectl.operating_client import NoControllerError, ask, find_socket

    try:
        yield from ask(find_socket(socket), request)
    except NoControllerError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(UNREACHABLE) from None


def ask_and_tell(request: Mapping[str, object], socket: Path | None, lang: str, *, as_json: bool) -> None:
    """Exits with what came of it."""
    from lanectl.commands.status import checked_language
    from lanectl.record import encode_json

    checked_language(lang)
    code = FAILED
    for reply in replies(request, socket):
        if as_json:
            typer.echo(encode_json(reply).decode())
        else:
            for line in _lines(reply, lang):
                typer.echo(line, err=reply.get("outcome") not in TAKEN)
        code = acts.exit_code(reply, TAKEN)
    raise typer.Exit(code)


def _lines(reply: Mapping[str, object], lang: str) -> Iterator[str]:
    from lanectl.wording import word

    match reply:
        case {"outcome": "refused", "problems": list(problems)}:
            for problem in problems:
                field = str(problem["place"]).removeprefix("wishes[0].order.").removeprefix("wishes[0].").removeprefix("clearances[0].")
                place = f"{field}: " if field else ""
                yield f"{place}{problem['code']}: {problem['text']}. Do: {problem['remedy']}"
            yield f"{len(problems)} problem{'s' if len(problems) > 1 else ''}. Nothing was changed."
        case {"outcome": "denied", "denied": {"code": code, "params": dict(params)}}:
            yield word("acted.DENIED", lang, why=word(f"denied.{code}", lang, **params))
        case {"error": {"text": text}}:
            yield str(text)
        case {"outcome": _}:
            yield from (order_line(order) for order in _list(reply.get("orders")))
            yield from (clearance_line(said) for said in _list(reply.get("clearances")))
            yield from (f"{name}: known already" for name in _list(reply.get("known")))


def _list(held: object) -> list[dict[str, object]]:
    return held if isinstance(held, list) else []


def order_line(order: Mapping[str, object]) -> str:
    from lanectl.printable import printable

    plates = order["plates"]
    worn = " ".join(plates) if isinstance(plates, list) else ""
    said = order.get("clearances")
    clearances = " ".join(f"{authority} {standing}" for authority, standing in said.items()) if isinstance(said, dict) else ""
    parts = (order["id"], order["state"], order["truck"] or "any truck", order["direction"], order["consignment"], worn, clearances)
    why = f"  ({order['why']})" if order.get("why") else ""
    return printable("  ".join(str(part) for part in parts if part) + f"  until {order['latest']}{why}")


def clearance_line(said: Mapping[str, object]) -> str:
    from lanectl.printable import printable

    end = f"  until {said['valid_until']}" if said.get("valid_until") else ""
    why = f"  ({said['why']})" if said.get("why") else ""
    return printable(f"{said['consignment']}  {said['authority']} {said['standing']}{end}{why}")
