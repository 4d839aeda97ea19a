"""Every move from a state of (lane, plant), each followed to where it leads and judged. Who expands which state is crew.py's."""

from collections.abc import Iterator

from lanectl.model import Act, ActRequested, Boom, Command, JournalReported, Lane, Report, SectionState, Service, WatchdogReported
from lanectl.virtual.latches import changed_wrongly
from tests.prove import judge
from tests.prove.acts import Told, told
from tests.prove.forms import with_unit_aged
from tests.prove.kinds import Kind, Model, Move
from tests.prove.labels import Labels
from tests.prove.lanes import Lanes
from tests.prove.moves import moves, starts_here
from tests.prove.obey import obey
from tests.prove.plant import Arm, Plant, TruckP, a_site, truck_name, unit_says
from tests.prove.prints import PRINT, Print, Prints
from tests.prove.sites import cut
from tests.prove.timers import Truth, ended, is_disturbed, is_quick, noticed, truth, unsaid

Said = tuple[int, ...]
Found = tuple[int, int, int, Said, tuple[str, ...], int, int]  # label, kind, plant, said, unseen, act (-1 none), plant after a mistake
Stepped = tuple[int, int, str]  # lane, commands, what is broken
Option = tuple[int, int, int, int, Said]  # label, kind, lane, plant, what is said
Heard = list[tuple[Report, tuple[Command, ...]]]
PROMPT_MAX = 20  # reports after one move; a lamp that fails and mends as it is asked could go on for ever
PLANT_BITS = 32
PLANT = (1 << PLANT_BITS) - 1
EVENT_BITS = 24
BROKEN = -1


class Search:
    """States by number, in the order in which this process found them; a state is `lane << 32 | plant`. `broken`: what must not be."""

    def __init__(self, model: Model) -> None:
        self.model = model
        layout = cut(model.sections, both_ways=model.both_ways)
        self.site = a_site(layout, model.units)
        self.plants: list[Plant] = []
        self.labels = Labels()
        self.states: list[int] = []
        self.broken = ""
        self._prints = Prints(model.trucks)
        self._plant_prints: list[Print] = []
        self.lanes = Lanes(layout, self._prints)
        self._plant_number: dict[Plant, int] = {}
        self._state_number: dict[int, int] = {}
        self._moves: dict[int, list[Found]] = {}
        self._obeyed: dict[tuple[int, int], int] = {}
        self._commanded: dict[tuple[int, int, int], str] = {}
        self._act_number: dict[Told, int] = {}
        self._told: dict[int, frozenset[int]] = {}
        self._truths: dict[int, Truth] = {}
        self._unsaid: dict[int, int | None] = {}
        self._steps: dict[int, Stepped] = {}
        self._steps_before: dict[int, Stepped] = {}
        self._quiet: dict[int, bool] = {}

    def begin(self) -> None:
        plant = Plant(trucks=(TruckP(),) * self.model.trucks)
        lane = self.lanes.first()
        said = [WatchdogReported(gate.signal_unit, armed=True, tripped=False, proved=True) for gate in self.site.layout.gates]
        for report in (
            JournalReported(True),
            *said,
            *(report for unit in self.site.layout.units for report in unit_says(self.site, plant, unit.name)),
            ActRequested(Act.DECLARE, "Lan", "", "looked", "photo", "Minh"),
            ActRequested(Act.OPEN, "Lan"),
        ):
            lane, commands = self.lanes.step(lane, self.lanes.event(report))
            plant = obey(self.site, plant, self.lanes.commands[commands])
        assert self.lanes.lanes[lane].service is Service.OPEN
        self.number(lane, self.plant(plant))

    def expand(self, number: int) -> Iterator[tuple[int, int, int]]:
        """The label, the kind and the target of each move; BROKEN is the last target where something is."""
        from_here = self.states[number]
        for label, kind, lane, plant, said in self.options(from_here >> PLANT_BITS, from_here & PLANT):
            lane_after, plant_after, broken = self.follow(lane, plant, said)
            target = None if broken else self._state_number.get(lane_after << PLANT_BITS | plant_after)
            if target is None:
                self.broken = broken or self.judged(lane_after, plant_after)
                target = BROKEN if self.broken else self.number(lane_after, plant_after)
            yield label, kind, target
            if self.broken:
                return

    def options(self, lane: int, plant: int) -> Iterator[Option]:
        """Everything that can happen next."""
        wanted = self._told_by(lane)
        for label, kind, after, said, unseen, act, mistaken in self._moves_of(plant):
            if act >= 0 and act not in wanted:
                if mistaken >= 0:
                    yield label, Kind.FAULT, lane, mistaken, said
                continue
            yield label, kind, self._unheard(lane, unseen) if unseen else lane, after, said
        now, there = self.lanes.lanes[lane], self.plants[plant]
        if there.down:
            return
        waits = self._next_unsaid(lane, plant) is not None
        if waits:
            for words, report in unsaid(now, there, self._truth(plant)):
                yield self.labels.number(words), Kind.FIELD, lane, plant, (self.lanes.event(report),)
        if not waits and not is_quick(there):
            for words, old in ended(self.site, now, there):
                yield self.labels.number(words), Kind.FIELD, self.lanes.number(old), plant, (self.lanes.woke,)
        for words, report in noticed(self.site, now, there):
            yield self.labels.number(words), Kind.FIELD, lane, plant, (self.lanes.event(report),)

    def _moves_of(self, plant: int) -> list[Found]:
        found = self._moves.get(plant)
        if found is None:
            found = self._moves[plant] = [self._found_move(m) for m in moves(self.site, self.model, self.plants[plant])]
        return found

    def _found_move(self, m: Move) -> Found:
        act, mistaken = -1, -1
        if m.act is not None:
            act = self._act_number.setdefault(m.act, len(self._act_number))
            if "mistake" in self.model.faults and m.act[0] in self.model.mistakes and m.plant.spent < self.model.most:
                mistaken = self.plant(m.plant._replace(spent=m.plant.spent + 1))
        return self.labels.number(m.label), int(m.kind), self.plant(m.plant), self._said_by(m), m.unseen, act, mistaken

    def _told_by(self, lane: int) -> frozenset[int]:
        found = self._told.get(lane)
        if found is None:
            wanted = told(self.lanes.lanes[lane])
            found = self._told[lane] = frozenset(self._act_number.setdefault(one, len(self._act_number)) for one in wanted)
        return found

    def _said_by(self, move: Move) -> Said:
        said = tuple(self.lanes.event(report) for report in move.said)
        return (self.lanes.woke, *said) if move.unseen else said

    def _unheard(self, lane: int, units: tuple[str, ...]) -> int:
        now = self.lanes.lanes[lane]
        for unit in units:
            while (older := with_unit_aged(now, self.site.layout, unit)) is not None:
                now = older
        return self.lanes.number(now)

    def follow(self, lane: int, plant: int, said: Said, heard: Heard | None = None) -> tuple[int, int, str]:
        """Steps through what is said, and what is then said at once; ends at the first thing broken. `heard` collects what happened."""
        todo, promptly = list(said), PROMPT_MAX if self.model.prompt else 0
        while todo or promptly:
            if not todo:
                promptly -= 1
                report = self._next_unsaid(lane, plant)
                if report is None:
                    break
                todo.append(report)
            event = todo.pop(0)
            lane, plant, broken, commands = self._step(lane, plant, event)
            if heard is not None:
                heard.append((self.lanes.events[event], self.lanes.commands[commands]))
            if broken:
                return lane, plant, broken
        if self.is_at_rest(lane, plant):
            plant = self.plant(self.plants[plant]._replace(spent=0))
        return lane, plant, ""

    def judged(self, lane: int, plant: int) -> str:
        return judge.state(self.site, self.lanes.lanes[lane], self.plants[plant])

    def _step(self, lane: int, plant: int, event: int) -> tuple[int, int, str, int]:
        key = lane << EVENT_BITS | event
        stepped = self._steps.get(key)
        if stepped is None:
            stepped = self._steps[key] = self._steps_before.get(key) or self._judged_step(lane, event)
        after, commands, broken = stepped
        if commands and not broken:
            given = (after, plant, commands)
            found = self._commanded.get(given)
            if found is None:
                words = self.lanes.commands[commands]
                found = self._commanded[given] = judge.commanded(self.site, self.lanes.lanes[after], self.plants[plant], words)
            broken = found
            plant = self._obey(plant, commands)
        if self.model.both_ways:
            plant = self._set(plant, after)
        return after, plant, broken, commands

    def _set(self, plant: int, lane: int) -> int:
        """The yards see how the lane is set."""
        back = self.lanes.lanes[lane].direction is not self.site.layout.direction
        truth = self.plants[plant]
        return plant if truth.back is back else self.plant(truth._replace(back=back))

    def _next_unsaid(self, lane: int, plant: int) -> int | None:
        key = lane << PLANT_BITS | plant
        if key not in self._unsaid:
            now = self.plants[plant]
            report = None if now.down else next(unsaid(self.lanes.lanes[lane], now, self._truth(plant)), None)
            self._unsaid[key] = None if report is None else self.lanes.event(report[1])
        return self._unsaid[key]

    def _truth(self, plant: int) -> Truth:
        found = self._truths.get(plant)
        if found is None:
            found = self._truths[plant] = truth(self.site, self.plants[plant])
        return found

    def _judged_step(self, lane: int, event: int) -> Stepped:
        """The lane after, the commands and what is broken: nothing where nothing changed, what it is was looked at when it became so."""
        after, commands = self.lanes.step(lane, event)
        lanes = self.lanes.lanes
        broken = "" if lane == after else changed_wrongly(self.site.layout, lanes[lane], self.lanes.events[event], lanes[after])
        return after, commands, broken

    def _obey(self, plant: int, commands: int) -> int:
        found = self._obeyed.get((plant, commands))
        if found is None:
            after = obey(self.site, self.plants[plant], self.lanes.commands[commands])
            found = self._obeyed[plant, commands] = self.plant(after)
        return found

    def number(self, lane: int, plant: int) -> int:
        state = lane << PLANT_BITS | plant
        found = self._state_number.get(state)
        if found is None:
            found = self._state_number[state] = len(self.states)
            self.states.append(state)
        return found

    def forget(self) -> None:
        """What one level remembered the next but one seldom asks for; without it there is room for half as many states again."""
        self._steps, self._steps_before = {}, self._steps
        for remembered in (self._told, self._unsaid, self._commanded):
            remembered.clear()

    def given(self, number: int) -> tuple[Lane, Plant]:
        return self.lanes.lanes[self.states[number] >> PLANT_BITS], self.plants[self.states[number] & PLANT]

    def taken(self, lane: Lane, plant: Plant) -> int:
        """One that another process made."""
        return self.number(self.lanes.number(lane), self.plant(plant))

    def fingerprint(self, number: int) -> bytes:
        lane, plant = divmod(self.states[number], 1 << PLANT_BITS)
        under: list[int] = [sum(parts) for parts in zip(*self.lanes.prints[lane], self._plant_prints[plant], strict=True)]
        least = min(under)
        return least.to_bytes(PRINT, "big") + bytes([under.index(least)])

    def plant(self, plant: Plant) -> int:
        found = self._plant_number.get(plant)
        if found is None:
            found = self._plant_number[plant] = len(self.plants)
            self.plants.append(plant)
            self._plant_prints.append(self._print_of(plant))
        return found

    def _print_of(self, plant: Plant) -> Print:
        of = self._prints.of
        alike = sum(of(field, value) for field, value in zip(plant._fields[1:], plant[1:], strict=True))
        named = [(truck_name(n), truck) for n, truck in enumerate(plant.trucks)]
        return tuple(alike + sum(of(naming[name], truck) for name, truck in named) for naming in self._prints.namings)

    # ------------------------------------------------------------ the lane at rest

    def rests(self, number: int) -> bool:
        """Or what happens from there is searched in another part."""
        plant = self.states[number] & PLANT
        elsewhere = self.plants[plant].down and not starts_here(self.site, self.model, self.plants[plant])
        return elsewhere or self.is_at_rest(self.states[number] >> PLANT_BITS, plant)

    def is_at_rest(self, lane: int, plant: int) -> bool:
        """Nobody is there, nothing is wrong, and the next truck may come."""
        quiet = self._quiet.get(plant)
        if quiet is None:
            quiet = self._quiet[plant] = is_quiet(self.plants[plant])
        return quiet and is_ready(self.lanes.lanes[lane])


def is_quiet(plant: Plant) -> bool:
    if any(truck.at for truck in plant.trucks) or is_disturbed(plant):
        return False
    return all(boom.at is Arm.DOWN for boom in plant.booms)


def is_ready(lane: Lane) -> bool:
    sections = all(now.state is SectionState.VACANT and not now.locked_for for now in lane.sections.values())
    gates = all(now.boom is Boom.DOWN and not (now.fault or now.locked_out or now.passing) for now in lane.gates.values())
    units = all(unit.linked and not unit.tripped for unit in lane.units.values())
    points = not any(point.lost or point.head for point in lane.points.values())
    trucks = not any(truck.stopped_by or truck.authority for truck in lane.trucks.values())
    return lane.service is Service.OPEN and sections and gates and units and points and trucks
