"""What a person does to the lane, through the controller's local socket, one command an act."""

import os
import sys
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Annotated

import typer

SCHEMA_VERSION = 1
DONE, FAILED, USAGE, UNREACHABLE, REFUSED, NOT_PERMITTED = 0, 1, 2, 5, 8, 9
EVERY = "*"
ANSWER_S = 30.0  # a re-arming is proved within 20 s, or told not to be
STOP_S = 3.0

By = Annotated[str, typer.Option("--by", envvar="LANECTL_BY", help="Your name in persons.toml; without it your login's.")]
Pin = Annotated[str, typer.Option("--pin", envvar="LANECTL_PIN", help="Your PIN, where two persons are needed.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a few words; it is journalled.")]
Evidence = Annotated[str, typer.Option("--evidence", help="What shows it: a photograph's name, a camera and its time.")]
Second = Annotated[str, typer.Option("--second", help="The second person's name.")]
SecondPin = Annotated[
    str, typer.Option("--second-pin", envvar="LANECTL_SECOND_PIN", help="The second person's PIN; asked for if left out.")
]
Socket = Annotated[Path | None, typer.Option("--socket", envvar="LANECTL_SOCKET", help="The controller's socket; found by itself.")]
Lang = Annotated[str, typer.Option("--lang", envvar="LANECTL_LANG", help="vi, zh or en.")]
Json = Annotated[bool, typer.Option("--json", help="JSON lines on stdout.")]


def register(app: typer.Typer) -> None:
    for act in (close, open_, stop, reset, rearm, sweep, declare, take_out, put_back, turn):
        app.command(act.__name__.rstrip("_").replace("_", "-"))(act)


def close(by: By = "", reason: Reason = "", pin: Pin = "", socket: Socket = None, lang: Lang = "en", as_json: Json = False) -> None:
    """No new truck enters; those on the bridge are brought off."""
    perform("CLOSE", {"by": by, "reason": reason, "pin": pin}, [""], socket, lang, as_json=as_json)


def open_(by: By = "", reason: Reason = "", pin: Pin = "", socket: Socket = None, lang: Lang = "en", as_json: Json = False) -> None:
    """Trucks may enter, as far as the interlocking lets them."""
    perform("OPEN", {"by": by, "reason": reason, "pin": pin}, [""], socket, lang, as_json=as_json)


def stop(by: By = "", reason: Reason = "", socket: Socket = None, lang: Lang = "en", as_json: Json = False) -> None:
    """Emergency stop: STOP everywhere, no boom moves down. Needs nobody's permission and never asks."""
    perform("STOP", {"by": by, "reason": reason}, [""], socket, lang, as_json=as_json)


def reset(
    target: Annotated[str, typer.Argument(help="A gate or a truck; left out: the emergency stop.")] = "",
    by: By = "",
    reason: Reason = "",
    pin: Pin = "",
    socket: Socket = None,
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Reset the emergency stop, a gate's fault or a truck that was stopped, after its cause is gone."""
    perform("RESET", {"by": by, "reason": reason, "pin": pin}, [target], socket, lang, as_json=as_json)


def rearm(
    unit: Annotated[str, typer.Argument(help="An input/output module; left out: all that are not armed, one after another.")] = "",
    by: By = "",
    reason: Reason = "",
    pin: Pin = "",
    socket: Socket = None,
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Arm a module's watchdog again and prove that it drops the signals."""
    perform("REARM", {"by": by, "reason": reason, "pin": pin}, [unit], socket, lang, as_json=as_json)


def sweep(
    truck: Annotated[str, typer.Argument(help="The truck: before the entry gate, or in the lane.")],
    section: Annotated[
        str,
        typer.Option("--section", help="Where you see it, when nothing else shows it: a section, or the entry gate."),
    ] = "",
    by: By = "",
    reason: Reason = "",
    pin: Pin = "",
    socket: Socket = None,
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Send one truck alone through the lane, section by section: what it drives through is proved vacant."""
    perform("SWEEP", {"by": by, "reason": reason, "pin": pin, "place": section}, [truck], socket, lang, as_json=as_json)


def declare(
    sections: Annotated[list[str] | None, typer.Argument(help="Sections that two persons have seen to be vacant.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every section that is not vacant.")] = False,
    by: By = "",
    reason: Reason = "",
    evidence: Evidence = "",
    pin: Pin = "",
    second: Second = "",
    second_pin: SecondPin = "",
    socket: Socket = None,
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Declare sections vacant on two persons' word, with reason and evidence. Each shows a PIN."""
    if every == bool(sections):
        typer.echo("Name the sections, or give --all: one of the two.", err=True)
        raise typer.Exit(USAGE)
    by = by or login()
    if second:
        pin = pin or asked_for(by)
        second_pin = second_pin or asked_for(second)
    texts = {"by": by, "reason": reason, "evidence": evidence, "pin": pin, "second": second, "second_pin": second_pin}
    perform("DECLARE", texts, [EVERY] if every else list(sections or ()), socket, lang, as_json=as_json)


def take_out(by: By = "", reason: Reason = "", pin: Pin = "", socket: Socket = None, lang: Lang = "en", as_json: Json = False) -> None:
    """Take a closed, empty lane out of service, for people to work on it. Needs a reason."""
    perform("TAKE_OUT", {"by": by, "reason": reason, "pin": pin}, [""], socket, lang, as_json=as_json)


def put_back(by: By = "", reason: Reason = "", pin: Pin = "", socket: Socket = None, lang: Lang = "en", as_json: Json = False) -> None:
    """Put the lane back: closed, every section suspect, every watchdog to be proved anew. Needs a reason."""
    perform("PUT_BACK", {"by": by, "reason": reason, "pin": pin}, [""], socket, lang, as_json=as_json)


def turn(
    direction: Annotated[str, typer.Argument(help="VN_TO_CN or CN_TO_VN.")],
    by: By = "",
    reason: Reason = "",
    pin: Pin = "",
    socket: Socket = None,
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Set a lane that is worked both ways to the other direction. Refused unless it is proved empty."""
    perform("TURN", {"by": by, "reason": reason, "pin": pin}, [direction.upper().replace("-", "_")], socket, lang, as_json=as_json)


def perform(
    act: str, texts: Mapping[str, str], targets: list[str], socket: Path | None, lang: str, *, as_json: bool, x_m: float | None = None
) -> None:
    """Asks for one target after another and exits with the worst that came of it."""
    from lanectl.operating_client import NoControllerError
    from lanectl.wording import LANGUAGES

    if lang not in LANGUAGES:
        typer.echo(f"--lang: {lang} is none of {', '.join(LANGUAGES)}.", err=True)
        raise typer.Exit(USAGE)
    clean = {name: text.encode(errors="replace").decode() for name, text in {**texts, "by": texts["by"] or login()}.items()}
    request: dict[str, object] = {"kind": "act", "act": act, **clean} | ({} if x_m is None else {"x_m": x_m})
    try:
        codes = [_ask_all(path, request, targets, lang, as_json=as_json) for path in _sockets(act, socket)]
    except NoControllerError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(UNREACHABLE) from None
    raise typer.Exit(max(codes))


def _ask_all(path: Path, request: Mapping[str, object], targets: list[str], lang: str, *, as_json: bool) -> int:
    """One target after another; the worst of it. One controller that does not answer keeps no stop from the next."""
    from lanectl.operating_client import NoControllerError

    try:
        return max(_ask(path, {**request, "target": target}, lang, as_json=as_json) for target in targets)
    except NoControllerError as error:
        typer.echo(str(error), err=True)
        return UNREACHABLE


def _sockets(act: str, named: Path | None) -> list[Path]:
    """A stop goes to every controller of this login rather than to the wrong one; anything else must be meant for one."""
    from lanectl.operating_client import find_socket, living_sockets

    if named is not None:
        return [named]
    living = living_sockets()
    if len(living) > 1 and act != "STOP":
        listed = "\n".join(f"  {path}" for path in living)
        typer.echo(f"Several controllers run here. Name one with --socket:\n{listed}", err=True)
        raise typer.Exit(USAGE)
    return living or [find_socket()]


def _ask(path: Path, request: Mapping[str, object], lang: str, *, as_json: bool) -> int:
    from lanectl.operating_client import ask
    from lanectl.record import encode_json

    code = FAILED
    for reply in ask(path, request, answer_s=STOP_S if request["act"] == "STOP" else ANSWER_S):
        if as_json:
            typer.echo(encode_json(reply).decode())
        else:
            for sentence in _sentences(reply, lang):
                typer.echo(sentence, err=True)
        if reply.get("done") is True:
            code = exit_code(reply)
    return code


def exit_code(reply: Mapping[str, object], done: Collection[str] = ("done", "nothing")) -> int:
    """`done`: the outcomes that are what was asked for."""
    match reply.get("outcome"):
        case str(outcome) if outcome in done:
            return DONE
        case "refused":
            return REFUSED
        case "denied":
            return NOT_PERMITTED
        case _:
            return FAILED


def _sentences(reply: Mapping[str, object], lang: str) -> Iterable[str]:
    from lanectl.wording import word

    act, target = str(reply.get("act", "")), str(reply.get("target", ""))
    match reply:
        case {"accepted": False, "refusals": list(refusals)}:
            for refusal in refusals:
                key = "acted.REFUSED" if target else "acted.REFUSED_LANE"
                yield word(key, lang, act=act, target=target, why=_why(refusal, lang)) + _mend(refusal, target)
        case {"shown": True}:
            yield word(
                _acted(act, reply),
                lang,
                target=target,
                direction=target,
                truck=str(reply.get("truck", "")),
                sight=str(reply.get("sight", "")),
                text=str(reply.get("text", "")),
            )
        case {"shown": False, "why": str(why)}:
            yield word("acted.FAILED_UNIT" if act == "REARM" else "acted.FAILED", lang, act=act, target=target, why=why)
        case {"shown": False}:
            yield word("acted.NOT_SHOWN", lang, act=act, target=target)
        case {"outcome": "denied", "denied": {"code": code, "params": dict(params)}}:
            yield word("acted.DENIED", lang, why=word(f"denied.{code}", lang, **params))
        case {"outcome": "nothing"}:
            yield word("acted.NOTHING", lang)
        case {"error": {"text": text}}:
            yield str(text)
        case _:
            pass


def _acted(act: str, reply: Mapping[str, object]) -> str:
    if act == "CONFIRM" and reply.get("sight"):
        return "acted.CONFIRM_SIGHT"
    return "acted.RESET_LANE" if act == "RESET" and not reply.get("target") else f"acted.{act}"


def _why(refusal: Mapping[str, object], lang: str) -> str:
    from lanectl.wording import sentence

    params = refusal.get("params")
    return sentence(str(refusal.get("code")), params if isinstance(params, dict) else {}, lang)


def _mend(refusal: Mapping[str, object], target: str) -> str:
    """The command that removes the cause, as it is typed. A refusal's subject is the act; the command is about its target."""
    from lanectl.status.mends import REFUSALS, mend

    params = refusal.get("params")
    command = mend(REFUSALS, str(refusal.get("code")), {"subject": target, **(params if isinstance(params, dict) else {})})
    return f"  → {command}" if command else ""


def login() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def asked_for(name: str) -> str:
    """Without echo, from a person at a terminal; nothing otherwise."""
    import getpass

    return getpass.getpass(f"PIN of {name}: ") if sys.stdin.isatty() else ""
