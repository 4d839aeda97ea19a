"""`lanectl flash`: what a module keeps, against the configuration. Through the controller, which owns the bus."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from lanectl.commands.acts import By, Json, Lang, Pin, Reason, Second, SecondPin, Socket, asked_for, login

if TYPE_CHECKING:
    from lanectl.config import Site

DONE, FAILED, USAGE, INVALID, PENDING, UNREACHABLE, MISMATCH, ROLLED_BACK, REFUSED, NOT_PERMITTED = range(10)
_OUTCOMES = {
    "APPLIED": DONE,
    "NO_CHANGE": DONE,
    "REFUSED": REFUSED,
    "STALE": MISMATCH,
    "UNREACHABLE": UNREACHABLE,
    "ROLLED_BACK": ROLLED_BACK,
    "FAILED": FAILED,
    "DENIED": NOT_PERMITTED,
}
_ERRORS = {"unreachable": UNREACHABLE, "flash_unit_unknown": USAGE, "flash_kind_unknown": USAGE, "flash_wrong_model": MISMATCH}
ANSWER_S = 90.0  # a step of flashing: a restart, and reading everything back over a bus with faults

Config = Annotated[Path, typer.Argument(help="The site's folder, the same that the controller runs with.")]
UnitOption = Annotated[str, typer.Option("--unit", help="The input/output module, by its name.")]
GateOption = Annotated[str, typer.Option("--gate", help="Instead: the gate whose signal the module drives.")]


def register(app: typer.Typer) -> None:
    flash = typer.Typer(no_args_is_help=True, help="Writes a module's watchdog, safe states and filters: plan, apply, verify.")
    flash.command("plan")(plan)
    flash.command("apply")(apply)
    flash.command("verify")(verify)
    app.add_typer(flash, name="flash")


def plan(
    config: Config,
    unit: UnitOption = "",
    gate: GateOption = "",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Where to keep the plan for `flash apply`.")] = None,
    socket: Socket = None,
    as_json: Json = False,
) -> None:
    """What would be written. Changes nothing. Exits with 0 if nothing would be, with 4 if changes are pending."""
    site = _site(config, as_json=as_json)
    request = {"kind": "flash-plan", "unit": _unit(site, unit, gate)}
    (reply,) = _replies(_one_socket(socket), request, as_json=as_json)
    document = reply["plan"]
    assert isinstance(document, dict)
    _same_configuration(site, str(document["plan"]["config_sha256"]))
    if output is not None:
        _keep(output, document)
    if as_json:
        typer.echo(json.dumps(reply, ensure_ascii=False))
    else:
        typer.echo(reply["words"], err=True)
    raise typer.Exit(PENDING if document["plan"]["changes"] else DONE)


def apply(
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help="What `flash plan -o` kept.")],
    *,
    by: By = "",
    reason: Reason = "",
    pin: Pin = "",
    second: Second = "",
    second_pin: SecondPin = "",
    socket: Socket = None,
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Does exactly what the plan says, reads every register back, restarts the module and reads back again; or puts the old image back."""
    document, by = _kept(plan_file), by or login()
    path = _one_socket(socket)
    pins = {"pin": pin or asked_for(by), "second_pin": second_pin or asked_for(second)} if second else {"pin": pin}
    request = {"kind": "flash-apply", "plan": document, "by": by, "reason": reason, "second": second, **pins}
    for reply in _replies(path, request, as_json=as_json):
        if as_json:
            typer.echo(json.dumps(reply, ensure_ascii=False))
        elif "progress" in reply:
            typer.echo(reply["words"], err=True)
        if "outcome" in reply:
            if not as_json:
                typer.echo(_ended(reply, lang), err=True)
            raise typer.Exit(_OUTCOMES[str(reply["outcome"])])
    _stop(FAILED, "The controller ended before the flashing did: look with `lanectl flash verify`.")


def verify(config: Config, unit: UnitOption = "", gate: GateOption = "", socket: Socket = None, as_json: Json = False) -> None:
    """Whether the module is as configured. Exits with 6 if it is not."""
    site = _site(config, as_json=as_json)
    name = _unit(site, unit, gate)
    (reply,) = _replies(_one_socket(socket), {"kind": "flash-verify", "unit": name}, as_json=as_json)
    _same_configuration(site, str(reply["config_sha256"]))
    differences = reply["differences"]
    assert isinstance(differences, list)
    if as_json:
        typer.echo(json.dumps(reply, ensure_ascii=False))
    else:
        for found in differences:
            typer.echo(f"≠ {name}.{found['key']}  is {found['old']}, configured {found['new']}   0x{found['address']:04X}", err=True)
        typer.echo(f"{name}: {len(differences)} differences." if differences else f"{name}: every register is as configured.", err=True)
    raise typer.Exit(MISMATCH if differences else DONE)


# ---------------------------------------------------------------- pieces


def _site(config: Path, *, as_json: bool) -> "Site":
    from lanectl.commands.check import show_problems
    from lanectl.config import ConfigError, load

    try:
        return load(config if config.is_dir() or not config.exists() else config.parent)
    except ConfigError as error:
        show_problems(config, error, as_json=as_json)
        raise typer.Exit(INVALID) from None


def _unit(site: "Site", unit: str, gate: str) -> str:
    known = ", ".join(module.name for module in site.units)
    if bool(unit) == bool(gate):
        _stop(USAGE, f"Say which module, with --unit or with --gate. Modules: {known}. Gates: {', '.join(g.name for g in site.gates)}.")
    if unit:
        if unit not in (module.name for module in site.units):
            _stop(USAGE, f"There is no module `{unit}` at {site.name}. There are: {known}.")
        return unit
    of_gate = next((signal.unit for signal in site.signals if signal.gate == gate), None)
    if of_gate is None:
        _stop(USAGE, f"There is no gate `{gate}` at {site.name}. There are: {', '.join(g.name for g in site.gates)}.")
    return of_gate


def _one_socket(named: Path | None) -> Path:
    """The controller that is meant: flashing the wrong one's module is no small mistake."""
    from lanectl.operating_client import NoControllerError, find_socket, living_sockets

    try:
        living = [] if named else living_sockets()
        if len(living) > 1:
            _stop(USAGE, "Several controllers run here. Name one with --socket:\n" + "\n".join(f"  {path}" for path in living))
        return find_socket(named)
    except NoControllerError as error:
        _unreachable(error)


def _unreachable(error: OSError) -> NoReturn:
    _stop(UNREACHABLE, f"{error}. Flashing goes through the controller, which owns the bus: start it with `lanectl run`.")


def _replies(path: Path, request: Mapping[str, object], *, as_json: bool) -> Iterator[dict[str, object]]:
    """The controller's replies, up to its error or its end."""
    from lanectl.operating_client import NoControllerError, ask

    try:
        for reply in ask(path, request, answer_s=ANSWER_S):
            found = reply.get("error")
            if isinstance(found, dict):
                if as_json:
                    typer.echo(json.dumps(reply, ensure_ascii=False))
                _stop(_ERRORS.get(str(found["code"]), FAILED), f"{found['text']}.")
            if set(reply) - {"done", "schema_version"}:
                yield reply
    except NoControllerError as error:
        _unreachable(error)


def _same_configuration(site: "Site", running: str) -> None:
    if running != site.sha256:
        words = f"The controller runs another configuration ({running[:8]}…) than {site.folder} holds ({site.sha256[:8]}…)"
        _stop(FAILED, f"{words}: restart it with this one, then plan.")


def _keep(output: Path, document: dict[str, object]) -> None:
    """All of it or nothing: a plan that was cut short is never left behind."""
    if output.exists() and not output.is_file():
        _stop(FAILED, f"The plan cannot be kept in {output}: it is no file. Nothing was changed; choose another place with -o.")
    part = output.with_name(f"{output.name}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            json.dump(document, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        part.replace(output)
    except OSError as error:
        _remove(part)
        _stop(FAILED, f"The plan cannot be kept in {output}: {error.strerror}. Nothing was changed; choose another place with -o.")


def _remove(part: Path) -> None:
    from contextlib import suppress

    with suppress(OSError):
        part.unlink()


def _kept(path: Path) -> object:
    """The saved plan, proved to be one, so that a wrong file needs no controller to be named."""
    from lanectl.flash import PlanError, from_text

    try:
        text = path.read_text(encoding="utf-8")
        from_text(text)
    except OSError as error:
        _stop(USAGE, f"{path} cannot be read: {error.strerror}.")
    except (UnicodeDecodeError, PlanError) as error:
        _stop(USAGE, f"{path} cannot be used: {error if isinstance(error, PlanError) else 'it is no flash plan'}.")
    return json.loads(text)


def _ended(reply: Mapping[str, object], lang: str) -> str:
    from lanectl.wording import LANGUAGES, sentence, word

    lang = lang if lang in LANGUAGES else "en"  # the flashing is done: no language is a reason not to tell how it ended
    refusals, denied, reason = reply.get("refusals"), reply.get("denied"), str(reply.get("reason", ""))
    if isinstance(denied, dict):
        return f"NOT PERMITTED — nothing was changed: {word('denied.' + str(denied['code']), lang, **denied['params'])}."
    lines = [f"! {sentence(r['code'], r['params'], lang)} ({r['invariant']})" for r in refusals] if isinstance(refusals, list) else []
    endings = {
        "APPLIED": "APPLIED — written, read back, restarted, read back again.",
        "NO_CHANGE": "Nothing to change: nothing was written.",
        "REFUSED": f"REFUSED — nothing was changed: {reason}.",
        "STALE": f"NOT APPLIED — nothing was changed: {reason}.",
        "UNREACHABLE": f"NOT APPLIED — nothing was changed: {reason}.",
        "ROLLED_BACK": f"ROLLED BACK — {reason}.",
        "FAILED": f"FAILED — {reason}.",
    }
    return "\n".join([*lines, endings[str(reply["outcome"])]])


def _stop(code: int, words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(code)
