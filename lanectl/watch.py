"""The lane live in a terminal: one line of boxes from gate to gate, who waits and why, what stands wrong, what just happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from lanectl.model import Aspect, Boom, Match, SectionState, Service, Standing
from lanectl.status import Alarm, GateShown, LaneStatus, SectionShown, TruckShown, Why
from lanectl.wording import alarm_text, happening_text, why_it_waits, word

STALE_S = 2.0  # eight statuses missed
QUIET = "grey62"
MARKS = {1: "■1", 2: "▲2", 3: "●3"}
PRIORITY_STYLES = {1: "bold #ff5a4f", 2: "#ffd23f", 3: "#6cc5ff"}
CAUTION, DANGER, GO = "#ffd23f", "bold #ff5a4f", "#7fd8a4"
BOOMS = {Boom.DOWN: "┃", Boom.UP: "╱", Boom.MOVING: "┊", Boom.UNKNOWN: "?"}
HEADS = {Aspect.STOP: ("■", "#e07a72"), Aspect.PROCEED: ("●", GO), Aspect.UNKNOWN: ("◇", CAUTION)}
SERVICES = {
    Service.OPEN: ("◉", "none"),
    Service.DRAINING: ("◎", CAUTION),
    Service.CLOSED: ("○", CAUTION),
    Service.OUT_OF_SERVICE: ("⊘", CAUTION),
    Service.COMMISSIONING: ("◇", CAUTION),
    Service.EMERGENCY_STOP: ("■", DANGER),
}
CLEARED = {standing: "✓" if standing is Standing.CLEARED else "✕" for standing in Standing}
BACK = "◀"
NORMAL_STATES = frozenset({"DRIVES", "STANDS", "WAITS", "OFFLINE"})
APPROACH_WIDTH, BEYOND_WIDTH, BOOM_WIDTH = 12, 10, 3
NARROW = 96  # columns; below, alarms and events stand one above the other
TRUCKS_MAX, TRUCKS_SHORT = 7, 4
SHORT = 26  # lines; below, fewer trucks are shown
COLUMNS = ("truck", "plate", "where", "state", "age", "authority", "cleared_by")
LANE_LINES, FRAME_LINES = 4, 2


def render(status: LaneStatus, lang: str, age_s: float = 0.0, spare_lines: int = 0) -> RenderableType:
    """`age_s`: how long ago this status came, in real seconds. Fills the console that prints it, but for `spare_lines`."""
    return _Picture(status, lang, age_s, spare_lines)


def report(status: LaneStatus, lang: str) -> RenderableType:
    """The lane once, as long as it needs to be: every truck and every alarm."""
    return _Picture(status, lang, 0.0, 0, whole=True)


@dataclass(frozen=True, slots=True)
class _Picture:
    status: LaneStatus
    lang: str
    age_s: float
    spare_lines: int
    whole: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        status, lang = self.status, self.lang
        width, height = options.max_width, (options.height or console.height) - self.spare_lines
        yield _header(status, lang, self.age_s, width)
        lost = self.age_s > STALE_S
        if lost:
            yield Text(" ■ " + word("page.lost_controller", lang, age=int(self.age_s)), style="bold white on #b3261e", justify="left")
        yield Panel(_lane(status, lang, width), border_style=QUIET, padding=(0, 1), style="dim" if lost else "none")
        trucks = status.trucks if self.whole else status.trucks[: TRUCKS_MAX if height > SHORT else TRUCKS_SHORT]
        yield _trucks(status, trucks, lang, narrow=width < NARROW)
        held = [(truck, truck.waits) for truck in trucks if truck.waits and truck.place != "AWAY" and truck.state != "DRIVES"]
        waits = [line for truck, why in held for line in _waits(truck, why, lang)]
        yield from waits
        if self.whole:
            alarms = _alarms(status, lang, 2 * len(status.alarms) + 1)
            yield _panel("alarms", alarms, lang, len(alarms))
            return
        yield from _below(status, lang, width, height - lost - LANE_LINES - FRAME_LINES - max(1, len(trucks)) - len(waits) - 3)
        yield _footer(status, lang)


# ---------------------------------------------------------------- the lane in one line


def _header(status: LaneStatus, lang: str, age_s: float, width: int) -> Table:
    title = Text.assemble((status.title.get(lang, status.name), "bold"), "  ", _service(status, lang))
    title.append(f"  {word(f'direction.{status.direction.value}', lang)}")
    notices = {
        "page.clearance_off": not status.clearance_needed,
        "page.weight_off": not status.weight_needed,
        "page.container_off": not status.container_needed,
        "page.journal_stopped": not status.journal_writable,
    }
    for key, holds in notices.items():
        if holds:
            title.append(f"  ! {word(key, lang)}", style=CAUTION)
    named = width >= NARROW
    times = "  ".join(
        f"{gate.title.get(lang, gate.name) + ' ' if named else ''}{_clock(status.wall_utc, gate.time_zone)}" for gate in status.gates
    )
    age = Text(f"  {word('page.data_age', lang, age=f'{age_s:.1f}')}", style=DANGER if age_s > STALE_S else QUIET)
    line = Table.grid(expand=True)
    line.add_column(no_wrap=True, ratio=1)
    line.add_column(justify="right", no_wrap=True)
    line.add_row(title, Text.assemble((times, QUIET), age))
    return line


def _service(status: LaneStatus, lang: str) -> Text:
    mark, style = SERVICES[status.service]
    return Text(f"{mark} {word(f'service.{status.service.value}', lang)}", style=style)


def _clock(wall_utc: str, zone: str) -> str:
    local = datetime.fromisoformat(wall_utc).astimezone(ZoneInfo(zone))
    return f"{local:%H:%M:%S} {local:UTC%z}".removesuffix("00").replace("UTC+0", "UTC+")


def _lane(status: LaneStatus, lang: str, width: int) -> Table:
    """Rows: trucks over the sections, the boxes, the sections' names, for whom they are locked."""
    box = max(4, (width - 4 - APPROACH_WIDTH - BEYOND_WIDTH - 2 * BOOM_WIDTH) // max(1, len(status.sections)))
    grid = Table.grid()
    grid.add_column(width=APPROACH_WIDTH, justify="right", no_wrap=True)
    grid.add_column(width=BOOM_WIDTH, justify="center", no_wrap=True)
    for _ in status.sections:
        grid.add_column(width=box, justify="center", no_wrap=True)
    grid.add_column(width=BOOM_WIDTH, justify="center", no_wrap=True)
    grid.add_column(width=BEYOND_WIDTH, no_wrap=True)
    left, right = status.gates
    back = drives_back(status)
    before, behind = ("BEYOND", "APPROACH") if back else ("APPROACH", "BEYOND")
    inside = {section: truck for truck in reversed(status.trucks) for section in truck.sections[-1:]}
    grid.add_row("", _head(left, lang), *(_name(inside.get(s.name)) for s in status.sections), _head(right, lang), "")
    boxes = (_box(section, box, inside.get(section.name), back=back) for section in status.sections)
    grid.add_row(_queue(status, before, left=True), _boom(left), *boxes, _boom(right), _queue(status, behind, left=False))
    names = (Text(section.name, style=_section_style(section)) for section in status.sections)
    grid.add_row(left.title.get(lang, left.name), "", *names, "", right.title.get(lang, right.name))
    grid.add_row(_gate_state(left, lang), "", *(_lock(section, lang, box) for section in status.sections), "", _gate_state(right, lang))
    return grid


def _head(gate: GateShown, lang: str) -> Text:
    mark, style = HEADS[gate.aspect]
    text = Text(f"{mark}{word(f'aspect_mark.{gate.aspect.value}', lang)}", style=style)
    return text if not gate.lamp_failed else text.append("✕", style=DANGER)


def _name(truck: TruckShown | None) -> Text:
    return Text("") if truck is None else Text(truck.name, style="bold" if truck.state in NORMAL_STATES else DANGER)


def _box(section: SectionShown, width: int, truck: TruckShown | None, *, back: bool) -> Text:
    inner = width - 1
    if section.state is SectionState.SUSPECT:
        return Text("╳" * inner + " ", style=CAUTION)
    if section.state is SectionState.OCCUPIED:
        if truck is None:
            return Text("█" * inner + " ", style="white")
        front = (BACK if back else "▶") if truck.state == "DRIVES" else "■"
        return Text((front + "█" * (inner - 1) if back else "█" * (inner - 1) + front) + " ", style="white")
    return Text(("━" if section.locked_for else "─") * inner + " ", style="grey78" if section.locked_for else "grey42")


def drives_back(status: LaneStatus) -> bool:
    """Whether trucks drive from right to left: the lane is drawn as it lies, whichever way it is set."""
    return status.direction is not status.listed_direction


def _queue(status: LaneStatus, place: str, *, left: bool) -> Text:
    """The truck nearest to the gate stands nearest to it; those that wait beyond the first two are counted."""
    names = [truck.name for truck in status.trucks if truck.place == place]
    shown = " ".join(reversed(names[:2])) if left else " ".join(names[:2])
    more = f"+{len(names) - 2}" if len(names) > 2 and place == "APPROACH" else ""
    return Text(f"{more} {shown} ".lstrip() if left else f" {shown} {more}".rstrip(), style="bold")


def _boom(gate: GateShown) -> Text:
    bad = gate.fault or gate.locked_out or gate.boom is Boom.UNKNOWN
    return Text(BOOMS[gate.boom], style=DANGER if bad else "bold white")


def _gate_state(gate: GateShown, lang: str) -> Text:
    abnormal = [
        word(f"page.{key}", lang) for key, holds in (("fault", gate.fault), ("locked_out", gate.locked_out), ("local", gate.local)) if holds
    ]
    return Text((abnormal or [word(f"boom.{gate.boom.value}", lang)])[0], style=DANGER if abnormal else QUIET)


def _section_style(section: SectionShown) -> str:
    return CAUTION if section.state is SectionState.SUSPECT else "none"


def _lock(section: SectionShown, lang: str, width: int) -> Text:
    if section.state is SectionState.SUSPECT:
        mark = word("state.SUSPECT", lang)
        return Text(mark if len(mark) < width else "?", style=CAUTION)
    return Text(f"⌐{section.locked_for}" if section.locked_for else "", style=QUIET)


# ---------------------------------------------------------------- who waits, what is wrong, what happened


def _trucks(status: LaneStatus, trucks: tuple[TruckShown, ...], lang: str, *, narrow: bool) -> Table:
    table = Table(box=None, padding=(0, 1), header_style=QUIET)
    for key in COLUMNS[:-2] if narrow else COLUMNS:
        table.add_column(word(f"page.{key}", lang), no_wrap=True)
    for truck in trucks:
        table.add_row(*islice(_truck_row(truck, status, lang), len(table.columns)), style=QUIET if truck.place == "AWAY" else "none")
    if not status.trucks:
        table.add_row(Text(word("page.no_trucks", lang), style=QUIET))
    return table


def _truck_row(truck: TruckShown, status: LaneStatus, lang: str) -> Iterator[Text]:
    gate = status.gates[(truck.place == "BEYOND") is not drives_back(status)]
    where = word(f"place.{truck.place}", lang, gate=gate.title.get(lang, gate.name), sections=", ".join(truck.sections) or "–")
    stale = truck.stale and truck.place != "AWAY"
    entered = bool(truck.authority) and not truck.sweeping  # authority takes a matched plate (R3)
    proved = entered or any(gate.plate and gate.plate.match is Match.MATCHED and gate.plate.truck == truck.name for gate in status.gates)
    yield Text(truck.name, style="bold")
    yield Text(f"{truck.plate or '–'}{' ✓' if proved else ''}")
    yield Text(where)
    yield Text(word(f"truck_state.{truck.state}", lang), style="none" if truck.state in NORMAL_STATES else DANGER)
    yield Text(_age(truck.age_s), style=DANGER if stale else "none", justify="right")
    yield Text(truck.authority or "–")
    yield Text(" ".join(f"{each.authority.value} {CLEARED[each.standing]}" for each in truck.standings) or "–")


def _waits(truck: TruckShown, why: Why, lang: str) -> Iterator[Text]:
    text = f" ‖ {why_it_waits(truck.name, why, lang)}"
    yield Text.assemble(text, (f"   $ {why.mend}" if why.mend else "", QUIET), no_wrap=True, overflow="ellipsis")


def _below(status: LaneStatus, lang: str, width: int, height: int) -> Iterator[RenderableType]:
    """Beside each other where there is room; else alarms first, and events only in what is left."""
    if width >= NARROW:
        lines = max(2, height - FRAME_LINES)
        grid = Table.grid(expand=True)
        grid.add_column(ratio=1)
        grid.add_column(ratio=1)
        grid.add_row(
            _panel("alarms", _alarms(status, lang, lines), lang, lines), _panel("events", _events(status, lang, lines), lang, lines)
        )
        yield grid
        return
    room = max(2, height - FRAME_LINES)
    alarms = _alarms(status, lang, room)
    events_room = room - len(alarms) - FRAME_LINES
    lines = len(alarms) if events_room > 0 else room
    yield _panel("alarms", alarms, lang, lines)
    if events_room > 0:
        yield _panel("events", _events(status, lang, events_room), lang, events_room)


def _panel(key: str, lines: list[Text], lang: str, height: int) -> Panel:
    title = Text(word(f"page.{key}", lang), style=QUIET)
    return Panel(
        Group(*lines[:height]), title=title, title_align="left", border_style="grey42", height=height + FRAME_LINES, padding=(0, 1)
    )


def _alarms(status: LaneStatus, lang: str, height: int) -> list[Text]:
    """Each alarm with the command that answers it, as many as fit; what does not fit is counted."""
    if not status.alarms:
        return [_line(word("page.no_alarms", lang), QUIET)]
    lines: list[Text] = []
    for at, alarm in enumerate(status.alarms):
        block = _alarm(alarm, lang)
        if len(lines) + len(block) > height - (at < len(status.alarms) - 1):
            lines.append(_line(f"+ {len(status.alarms) - at}", QUIET))
            break
        lines += block
    return lines


def _alarm(alarm: Alarm, lang: str) -> list[Text]:
    what = Text.assemble((MARKS[alarm.priority], PRIORITY_STYLES[alarm.priority]), " ", alarm_text(alarm, "what", lang))
    what.no_wrap, what.overflow = True, "ellipsis"
    return [what, _line(f"   $ {alarm.mend}", QUIET)] if alarm.mend else [what]


def _events(status: LaneStatus, lang: str, height: int) -> list[Text]:
    if not status.events:
        return [_line(word("page.no_events", lang), QUIET)]
    zone = status.gates[0].time_zone
    lines = []
    for event in status.events[:height]:
        line = Text.assemble((_clock(event.wall_utc, zone).split()[0], QUIET), " ", happening_text(event, lang))
        line.no_wrap, line.overflow = True, "ellipsis"
        lines.append(line)
    return lines


def _footer(status: LaneStatus, lang: str) -> Text:
    tally = status.tally
    reads = tally.plates_matched + tally.plates_other
    facts = [f"{word('page.crossings', lang)} {tally.crossings}"]
    if tally.median_crossing_s is not None:
        facts.append(f"{word('page.median_crossing', lang)} {word('page.seconds', lang, value=tally.median_crossing_s)}")
    if reads:
        facts.append(f"{word('page.plates_without_help', lang)} {100 * tally.plates_matched / reads:.1f} %")
    if status.speed != 1:
        facts.append(word("page.speed", lang, speed=f"{status.speed:g}"))
    facts.append(word("page.keys", lang))
    return _line(" · ".join(facts), QUIET)


def _line(text: str, style: str) -> Text:
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")


def _age(age_s: float | None) -> str:
    if age_s is None:
        return "–"
    return f"{age_s:.1f} s" if age_s < 10 else f"{age_s:.0f} s"
