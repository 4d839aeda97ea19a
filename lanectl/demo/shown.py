"""The demo on the screen: the live picture in a terminal, or plain lines of what happens."""

import sys
import time

import msgspec
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from lanectl.demo.children import Children
from lanectl.demo.prepared import LOOPBACK, Options, Prepared
from lanectl.demo.yard import Yard
from lanectl.operating_client import NoControllerError, status
from lanectl.status import LaneStatus
from lanectl.watch import render
from lanectl.wording import happening_text

LOOK_S = 0.25
ANSWER_S = 1.0


def show(children: Children, options: Options, prepared: Prepared) -> int:
    """Until enough trucks have crossed or a program's end ends the demo; returns how many crossed since the controller's start."""
    if options.headless or not sys.stdout.isatty():
        return _follow(children, options, prepared, _Lines(options.lang))
    persons = ", ".join(f"{name} PIN {pin}" for name, pin in prepared.pins.items())
    footer = f"http://{LOOPBACK}:{prepared.ports['page']}/  persons: {persons}  second terminal: lanectl status · fault · stop  Ctrl-C ends"
    with Live(console=Console(), screen=True, auto_refresh=False) as live:
        return _follow(children, options, prepared, _Picture(live, options.lang, footer))


class _Lines:
    """One line for each thing that happens."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._told: set[tuple[float, str, str]] = set()

    def show(self, shown: LaneStatus, _age_s: float, notices: list[str]) -> None:
        for event in reversed(shown.events):
            told = (event.at, event.code, str(event.params))
            if told not in self._told:
                self._told.add(told)
                print(f"{event.wall_utc[11:19]}Z {event.at:8.1f} s  {happening_text(event, self._lang)}", flush=True)
        while notices:
            print(notices.pop(0), flush=True)


class _Picture:
    def __init__(self, live: Live, lang: str, footer: str) -> None:
        self._live = live
        self._lang = lang
        self._footer = footer

    def show(self, shown: LaneStatus, age_s: float, notices: list[str]) -> None:
        below: list[RenderableType] = [Text(notice, style="#ffd23f", no_wrap=True) for notice in notices[-2:]]
        footer = Text(self._footer, style="grey62", no_wrap=True)
        self._live.update(Group(render(shown, self._lang, age_s, len(below) + 1), *below, footer), refresh=True)


def _follow(children: Children, options: Options, prepared: Prepared, screen: _Lines | _Picture) -> int:
    crossed_before, shown, heard_at = 0, None, time.monotonic()
    yard = Yard(prepared)
    while True:
        if children.watch() is not None:
            break
        try:
            newest = msgspec.json.decode(status(prepared.socket, answer_s=ANSWER_S), type=LaneStatus)
        except NoControllerError:
            newest = None
        if newest is not None:
            if shown is not None and newest.tally.crossings < shown.tally.crossings:
                crossed_before += shown.tally.crossings  # a controller that was started again counts from 0
            shown, heard_at = newest, time.monotonic()
        if shown is not None:
            yard.load(shown)
            children.notices += yard.news
            yard.news.clear()
            screen.show(shown, time.monotonic() - heard_at, children.notices)
            if options.crossings and crossed_before + shown.tally.crossings >= options.crossings:
                break
        time.sleep(LOOK_S)
    return crossed_before + (shown.tally.crossings if shown else 0)
