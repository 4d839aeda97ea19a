"""Many runs at once, a process each, and what they come to together."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from multiprocessing import get_context

from lanectl.site.facts import Site
from lanectl.virtual.run import Drill, Result, run

SHOWN = 12  # refusals of one kind each; the rest is summed up


def results(site: Site, drills: Sequence[Drill], processes: int) -> Iterator[Result]:
    """As they end. Whoever stops asking ends the rest."""
    if processes == 1:
        yield from (run(site, drill) for drill in drills)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(run, site, drill) for drill in drills]
        try:
            for done in as_completed(waiting):
                yield done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True, slots=True)
class Sum:
    runs: int = 0
    simulated_s: float = 0.0
    crossings: int = 0
    acts: int = 0
    available_s: float = 0.0
    broken: int = 0
    lost_s: dict[str, float] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    def with_result(self, result: Result) -> "Sum":
        return replace(
            self,
            runs=self.runs + 1,
            simulated_s=self.simulated_s + result.simulated_s,
            crossings=self.crossings + result.crossings,
            acts=self.acts + result.acts,
            available_s=self.available_s + result.available * result.simulated_s,
            broken=self.broken + len(result.broken),
            lost_s={what: self.lost_s.get(what, 0.0) + result.lost_s.get(what, 0.0) for what in {**self.lost_s, **result.lost_s}},
            refused=self.refused + Counter(result.refused),
            faults=self.faults + Counter(result.faults),
        )

    def lines(self) -> list[str]:
        """For people."""
        hours = self.simulated_s / 3600.0
        available = self.available_s / self.simulated_s if self.simulated_s else 0.0
        per_hour = self.crossings / hours if hours else 0.0
        refused = [f"{code} {count}" for code, count in self.refused.most_common(SHOWN)]
        lost = sorted(self.lost_s.items(), key=lambda one: -one[1])
        rest = sum(self.refused.values()) - sum(count for _, count in self.refused.most_common(SHOWN))
        return [
            f"{hours:.2f} h simulated, {self.crossings} crossings ({per_hour:.1f} an hour), {self.acts} acts of people",
            f"available {available:.4f}, broken truths {self.broken}",
            "not available for: " + (", ".join(f"{what} {lost_s:.0f} s" for what, lost_s in lost) or "nothing"),
            f"faults {sum(self.faults.values())}: " + ", ".join(f"{kind} {count}" for kind, count in self.faults.most_common()),
            f"refusals that began: {', '.join(refused)}" + (f", others {rest}" if rest > 0 else ""),
        ]
