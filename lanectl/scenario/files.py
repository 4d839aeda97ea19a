"""A scenario file -> one frozen Scenario for a site, or every problem at once, each with its line, its key and what to do."""

import difflib
import shlex
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from lanectl.interlocking.refusals import ALL
from lanectl.model import Act, ActRequested, Authority, Boom, SectionState, Service
from lanectl.scenario.facts import ActAt, Begins, Call, ClearedAt, Expected, FaultAt, Happening, Scenario, What, When
from lanectl.simulated import Setting, sim_plan
from lanectl.site.facts import Site
from lanectl.site.files import Files
from lanectl.site.problems import ConfigError, Findings
from lanectl.site.table import Table
from lanectl.status.alarms import PRIORITIES
from sim.fault_table import KINDS
from sim.faults import FAULTS, FaultError, asked, names
from sim.lane import Shown
from sim.plan import CameraPlan, SimPlan

WITHIN_S_MAX = 7200.0
TRUCKS_MAX = 20
OFFENCES = ("collision", "two-trucks-in-section", "truck-beyond-base", "truck-past-boom", "boom-on-truck", "entered-uncleared")


def load_scenario(path: Path, site: Site) -> Scenario:
    """Raises ConfigError with all its problems."""
    return load_asked(path, site)[0]


def load_asked(path: Path, site: Site) -> tuple[Scenario, frozenset[str]]:
    """As `load_scenario`, and the name of every key that was looked for, for the reference of all keys."""
    findings = Findings()
    source = Files(path.parent, findings).source(path.name)
    if source is None:
        raise ConfigError(findings.problems)
    scenario = _Reading(Table(source, (), findings), site).scenario(path)
    if findings.problems:
        raise ConfigError(findings.problems)
    return scenario, frozenset(findings.asked)


class _Reading:
    """One pass over a file. `of` and `is` are held against what the site has."""

    def __init__(self, root: Table, site: Site) -> None:
        self.root = root
        self.site = site
        self.cleared_by: dict[str, tuple[Authority, ...]] = {}
        self.named: list[str] = []
        self.plan: SimPlan

    def scenario(self, path: Path) -> Scenario:
        about, trucks = self.root.table("scenario"), self.root.tables("truck")
        calls = [call for table in trucks if (call := self._truck(table)) is not None]
        self.plan = self._plan()
        expects = self.root.tables("expect", needed=True)
        self.named = [name for table in expects if isinstance(name := table.values.get("name"), str)]
        happenings: list[Happening] = [*calls]
        happenings += [self._fault(table) for table in self.root.tables("fault")]
        happenings += [self._act(table) for table in self.root.tables("act")]
        happenings += [self._clearance(table) for table in self.root.tables("clearance")]
        expected = tuple(self._expected(table, index) for index, table in enumerate(expects))
        scenario = Scenario(
            name=path.stem,
            file=str(path),
            words=about.text("words"),
            seed=about.whole("seed", 1, low=0, high=2**31),
            begins=about.choice("begins", Begins, Begins.OPEN),
            attended=about.yes_no("attended", False),
            cleared_by=self.cleared_by,
            happenings=tuple(happenings),
            expected=expected,
            faults_break=self._offences(about),
        )
        about.done()
        for table, truck in zip(trucks, calls, strict=False):
            self._when_known(table, truck.when)
        self.root.done()
        return scenario

    def _plan(self) -> SimPlan:
        """The field of this scenario, for the names of what faults happen to."""
        fleet = tuple(replace(self.site.fleet[0], serial=name) for name in self.cleared_by)
        plan = sim_plan(replace(self.site, fleet=fleet), Setting(1, 1.0, 0.0, Path("control"), 0.0))
        return replace(plan, cameras=tuple(CameraPlan(camera.name, camera.gate) for camera in self.site.cameras))

    # ------------------------------------------------------------ what happens

    def _truck(self, table: Table) -> Call | None:
        name = table.name("name")
        cleared = table.choices("cleared_by", Authority, tuple(Authority))
        if name in self.cleared_by:
            table.wrong("C070", "name", f"truck `{name}` is described twice", "one [[truck]] for each")
        elif len(self.cleared_by) == TRUCKS_MAX:
            table.wrong("C070", "name", f"more than {TRUCKS_MAX} trucks", "take fewer")
        elif name:
            self.cleared_by[name] = cleared
        when = When(table.number("at_s", 0.0, low=0.0, high=WITHIN_S_MAX), table.text("after", ""))
        table.done()
        return Call(when, name)

    def _fault(self, table: Table) -> FaultAt:
        words = table.text("fault")
        lasts_s = table.number("lasts_s", low=0.0, high=WITHIN_S_MAX) if table.has("lasts_s") else None
        table.asked["lasts_s"] = None
        if words:
            self._fault_known(table, words, for_a_while=lasts_s is not None)
        found = FaultAt(self._when(table), words, lasts_s, table.number("draw", 0.5, low=0.0, high=1.0))
        table.done()
        return found

    def _fault_known(self, table: Table, words: str, *, for_a_while: bool) -> None:
        try:
            name, *arguments = shlex.split(words)
        except ValueError as error:
            table.wrong("C071", "fault", f"`{words}`: {error}")
            return
        if for_a_while:
            kind = KINDS.get(name)
            if kind is None:
                remedy = f"{_near(name, KINDS)}; without lasts_s it is one of `lanectl fault`" if name in FAULTS else _near(name, KINDS)
                table.wrong("C071", "fault", f"no kind `{name}` ends by itself after `lasts_s`", remedy)
            elif "".join(arguments) not in (names(self.plan, kind.target) or ()) or len(arguments) > 1:
                possible = ", ".join(names(self.plan, kind.target) or ())
                table.wrong(
                    "C071",
                    "fault",
                    f"`{words}` does not say what it happens to",
                    f"{name}, then one of: {possible}" if possible else f"{name} alone",
                )
            return
        try:
            asked(self.plan, name, arguments)
        except FaultError as error:
            table.wrong("C071", "fault", str(error), "it needs `lasts_s`" if name in KINDS else "see `python -m sim faults`")

    def _act(self, table: Table) -> ActAt:
        act = table.choice("act", Act)
        request = ActRequested(
            act=act,
            by=table.text("by", "lan"),
            target=table.text("of", ""),
            reason=table.text("reason", ""),
            evidence=table.text("evidence", ""),
            second=table.text("second", ""),
            place=table.text("place", ""),
        )
        refused = table.text("refused", "")
        if refused:
            self._one_of(table, "refused", refused, [kind.code for kind in ALL])
        found = ActAt(self._when(table), request, refused)
        table.done()
        return found

    def _clearance(self, table: Table) -> ClearedAt:
        found = ClearedAt(self._when(table), self._truck_of(table, "of"), table.choice("by", Authority))
        table.done()
        return found

    # ------------------------------------------------------------ what is expected

    def _expected(self, table: Table, index: int) -> Expected:
        """One expectation waits only for those above it in the file, so that none waits for itself."""
        what = table.choice("what", What)
        of, is_ = self._of(table, what), self._is(table, what)
        when = self._when(table)
        above = [str(other.values.get("name", "")) for other in self.root.tables("expect")[:index]]
        if when.after in self.named and when.after not in above:
            table.wrong(
                "C072", "after", f"`{when.after}` stands not above this expectation", "move it down, below the one that it comes after"
            )
        found = Expected(
            when,
            what,
            of,
            is_,
            table.number("within_s", low=0.0, high=WITHIN_S_MAX),
            table.yes_no("never", False),
            table.text("name", ""),
        )
        if found.name and self.named.count(found.name) > 1:
            table.wrong("C072", "name", f"two expectations are named `{found.name}`", "a name of its own for each")
        table.done()
        return found

    def _of(self, table: Table, what: What) -> str:
        layout = self.site.layout
        match what:
            case What.CROSSED | What.PLACE | What.STANDS:
                return self._truck_of(table, "of")
            case What.BOOM | What.SIGNAL:
                return self._one_of(table, "of", table.text("of"), [gate.name for gate in layout.gates])
            case What.SECTION:
                return self._one_of(table, "of", table.text("of"), [section.name for section in layout.sections])
            case What.REFUSED:
                possible = [*self.cleared_by, *(s.name for s in layout.sections), *(g.name for g in layout.gates), *Act.__members__]
                return self._one_of(table, "of", table.text("of"), possible)
            case What.ALARM | What.ALARM_GONE:
                return table.text("of", "")
            case What.SERVICE:
                return ""

    def _is(self, table: Table, what: What) -> str:
        if what is What.CROSSED:
            return ""
        layout = self.site.layout
        places = [*(s.name for s in layout.sections), *(g.name for g in layout.gates), "YARD", "AWAY"]
        possible: dict[What, Sequence[str]] = {
            What.REFUSED: [kind.code for kind in ALL],
            What.SERVICE: list(Service.__members__),
            What.BOOM: list(Boom.__members__),
            What.SIGNAL: list(Shown.__members__),
            What.ALARM: list(PRIORITIES),
            What.ALARM_GONE: list(PRIORITIES),
            What.SECTION: list(SectionState.__members__),
            What.PLACE: places,
            What.STANDS: places,
        }
        return self._one_of(table, "is", table.text("is"), possible[what])

    # ------------------------------------------------------------ names

    def _when(self, table: Table) -> When:
        when = When(table.number("at_s", 0.0, low=0.0, high=WITHIN_S_MAX), table.text("after", ""))
        self._when_known(table, when)
        return when

    def _when_known(self, table: Table, when: When) -> None:
        if when.after and when.after not in self.named:
            table.wrong("C072", "after", f"no expectation is named `{when.after}`", _near(when.after, self.named))

    def _truck_of(self, table: Table, key: str) -> str:
        return self._one_of(table, key, table.text(key), list(self.cleared_by))

    def _one_of(self, table: Table, key: str, word: str, possible: Sequence[str]) -> str:
        if word and word not in possible:
            table.wrong("C070", key, f"`{word}` is nothing that `{key}` can name here", _near(word, possible))
        return word

    def _offences(self, about: Table) -> tuple[str, ...]:
        found = about.texts("faults_break", ())
        for name in found:
            self._one_of(about, "faults_break", name, OFFENCES)
        return found


def _near(word: str, possible: Collection[str]) -> str:
    near = difflib.get_close_matches(word, possible, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else f"one of: {', '.join(possible)}" if possible else "there is none"
