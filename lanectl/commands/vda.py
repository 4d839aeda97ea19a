"""`lanectl vda`: VDA 5050 traffic held against the standard, and the rules themselves, for any integrator; a site's access list."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from drivers.wire.vda5050.traffic import Finding, Seen, Traffic
    from lanectl.vda_recording import Unreadable

SCHEMA_VERSION = 1
DONE, FAILED, USAGE, UNREACHABLE, BROKEN = 0, 1, 2, 5, 6
SHOWN_MAX = 1000  # findings that are told one by one; all are counted

vda = typer.Typer(no_args_is_help=True, help="VDA 5050: judge traffic, show the rules.", rich_markup_mode=None)

Shared = Annotated[list[str] | None, typer.Option("--shared", help="A node where several vehicles may be, like a yard; give it for each.")]
Json = Annotated[bool, typer.Option("--json", help="JSON lines on stdout, the summary last.")]


def register(app: typer.Typer) -> None:
    app.add_typer(vda, name="vda")


@vda.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="Recorded traffic: JSON lines, or mosquitto_sub -v; - for stdin.")] = None,
    live: Annotated[str, typer.Option(help="A broker instead, HOST or HOST:PORT. It is only listened to.")] = "",
    seconds: Annotated[float, typer.Option(min=0.0, help="How long to listen; 0 until Ctrl-C.")] = 0.0,
    record: Annotated[Path | None, typer.Option(help="Keep what is heard live in this file, for `vda check FILE`.")] = None,
    topics: Annotated[str, typer.Option(help="What to listen to.")] = "+/+/+/+/+",
    ca: Annotated[Path | None, typer.Option(help="TLS: the authority's certificate.")] = None,
    certificate: Annotated[Path | None, typer.Option(help="TLS: our own certificate.")] = None,
    key: Annotated[Path | None, typer.Option(help="TLS: its key.")] = None,
    standard: Annotated[bool, typer.Option("--standard", help="Only what the standard asks, not the rules of this house.")] = False,
    shared: Shared = None,
    as_json: Json = False,
) -> None:
    """Judges every message against the official schemas and 27 rules. Exits with 6 if one is broken, 1 if something could not be read."""
    from drivers.wire.vda5050.traffic import Traffic

    if (file is None) == (not live):
        typer.echo("Name a file of recorded traffic, or give --live HOST: one of the two.", err=True)
        raise typer.Exit(USAGE)
    report = _Report(Traffic(frozenset(shared or ())), standard=standard, as_json=as_json)
    if file is not None:
        _judge_file(file, report)
    else:
        _judge_live(live, report, (seconds, topics, record), (ca, certificate, key))
    raise typer.Exit(report.done())


@vda.command()
def rules(as_json: Json = False) -> None:
    """The 27 rules: what each says, where the standard says it, and what mends a breach."""
    import json

    from drivers.wire.vda5050.rules import RULES

    for rule in RULES.values():
        if as_json:
            said = {"schema_version": SCHEMA_VERSION, "rule": rule.number, "says": rule.says, "section": rule.section}
            typer.echo(json.dumps({**said, "remedy": rule.remedy, "house": rule.house}))
        else:
            typer.echo(f"{rule.number:2}  {rule.says}  [{rule.section}]\n    {rule.remedy}")


@vda.command()
def acl(
    config: Annotated[Path, typer.Argument(help="A site's folder.")],
    controller: Annotated[str, typer.Option(help="The name on the controller's own certificate.")] = "lanectl",
) -> None:
    """The broker's access list (mosquitto's acl_file) for this site's trucks: each speaks and hears only for itself."""
    from lanectl.broker_access import access_list
    from lanectl.commands.check import INVALID, show_problems
    from lanectl.config import ConfigError, load

    try:
        site = load(config)
    except ConfigError as error:
        show_problems(config, error, as_json=False)
        raise typer.Exit(INVALID) from None
    typer.echo(access_list(site, controller), nl=False)


def _is_for_yards(topic: str) -> bool:
    """What a lane says to yards and customs on the same broker, and they to it: none of it is VDA 5050."""
    from drivers.wire import transport, yard

    levels = topic.split("/")
    return levels[0] == transport.ROOT or topic == yard.topic(levels[0], levels[-1])


class _Report:
    def __init__(self, traffic: "Traffic", *, standard: bool, as_json: bool) -> None:
        self._traffic = traffic
        self._standard = standard
        self._as_json = as_json
        self._broken: dict[int, int] = {}
        self._unreadable = 0
        self._aside = 0

    def take(self, seen: "Seen | Unreadable") -> None:
        from lanectl.vda_recording import Unreadable

        if isinstance(seen, Unreadable):
            self._unreadable += 1
            self._line({"unreadable": seen.number, "what": seen.why}, f"message {seen.number} cannot be read: {seen.why}")
            return
        if _is_for_yards(seen.topic):
            self._aside += 1
            return
        for finding in self._traffic.judge(seen):
            if not (self._standard and finding.house):
                self._tell(finding)

    def _tell(self, finding: "Finding") -> None:
        from drivers.wire.vda5050.rules import RULES
        from lanectl.printable import printable

        breach, rule = finding.breach, RULES[finding.breach.rule]
        self._broken[rule.number] = self._broken.get(rule.number, 0) + 1
        if sum(self._broken.values()) > SHOWN_MAX:
            return
        plain: dict[str, object] = {"message": finding.number, "topic": finding.topic, "at": finding.at, "rule": rule.number}
        plain |= {"house": rule.house, "section": rule.section, "place": breach.place, "what": breach.what, "remedy": rule.remedy}
        first, what = f"message {finding.number}  {finding.topic}", f"rule {rule.number}, {breach.place}: {breach.what}  [{rule.section}]"
        self._line(plain, f"{printable(first)}\n  {printable(what)}\n  do: {rule.remedy}")

    def _line(self, plain: dict[str, object], text: str) -> None:
        import json

        typer.echo(json.dumps({"schema_version": SCHEMA_VERSION, **plain}) if self._as_json else text)

    def done(self) -> int:
        """Tells what it came to; the exit code."""
        import json

        traffic, count = self._traffic, sum(self._broken.values())
        if self._as_json:
            unread = {"unreadable": self._unreadable, "left_aside": self._aside}
            summary = {"messages": traffic.messages, "vehicles": traffic.vehicles, **unread, "breaches": self._broken}
            typer.echo(json.dumps({"schema_version": SCHEMA_VERSION, "summary": summary}))
        heard = f"{traffic.messages} messages of {len(traffic.vehicles)} vehicles"
        if self._aside:
            heard += f" ({self._aside} of orders, clearances and yards left aside)"
        if count > SHOWN_MAX:
            heard += f", the first {SHOWN_MAX} breaches shown"
        by_rule = ", ".join(f"rule {rule} {times} times" for rule, times in sorted(self._broken.items()))
        typer.echo(f"{heard}: {by_rule or 'no rule is broken'}.", err=True)
        if self._unreadable:
            return FAILED
        return BROKEN if count else DONE


def _judge_file(file: Path, report: _Report) -> None:
    from lanectl.vda_recording import read

    def take(lines: Iterable[bytes]) -> None:
        for seen in read(lines):
            report.take(seen)

    if str(file) == "-":
        take(sys.stdin.buffer)
        return
    try:
        with file.open("rb") as lines:
            take(lines)
    except OSError as error:
        typer.echo(f"{file}: {error.strerror}. Name a file of recorded traffic (lanectl vda check --help).", err=True)
        raise typer.Exit(FAILED) from None


def _judge_live(
    where: str, report: _Report, how: tuple[float, str, Path | None], tls: tuple[Path | None, Path | None, Path | None]
) -> None:
    import asyncio
    from contextlib import suppress

    import aiomqtt

    from lanectl.vda_live import Broker, listen

    host, _, port = where.rpartition(":") if where.rpartition(":")[2].isdigit() and ":" in where else (where, "", "1883")
    seconds, topics, record = how
    broker = Broker(host, int(port), *tls)
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(_take_live(listen(broker, topics, seconds), report, record))
    except (aiomqtt.MqttError, OSError) as error:
        typer.echo(f"{host}:{port}: {error}. Is the broker there, and may we listen? See --ca, --certificate, --key.", err=True)
        raise typer.Exit(UNREACHABLE) from None


async def _take_live(heard: "AsyncIterator[Seen]", report: _Report, record: Path | None) -> None:
    from contextlib import ExitStack
    from datetime import UTC, datetime

    from lanectl.vda_recording import written

    with ExitStack() as stack:
        kept = stack.enter_context(record.open("ab")) if record is not None else None
        async for seen in heard:
            if kept is not None:
                kept.write(written(seen, datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")))
            report.take(seen)
