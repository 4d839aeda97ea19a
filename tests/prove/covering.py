"""Which tests of the rules take which line of them, and how long each takes: so a planted bug is shown only to those that could see it."""

import time
from collections.abc import Callable
from pathlib import Path

import coverage
import pytest

from tests.prove.mutant import Mutant
from tests.prove.planting import RULES, lines_of


class Asked:
    """A plugin of pytest: runs each test once, then `use` with what asks them again. `failed`: those that do so without any bug."""

    def __init__(self, use: Callable[[Callable[[Mutant], str]], int]) -> None:
        self.failed: list[str] = []
        self.result = 0
        self._use = use
        self._plugins = pytest.PytestPluginManager()
        self._items: dict[str, pytest.Item] = {}
        self._took_s: dict[str, float] = {}
        self._lines: dict[str, dict[int, list[str]]] = {}  # of each file of the rules its lines, and who takes them

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._items = {item.nodeid: item for item in session.items}
        self._plugins = session.config.pluginmanager
        measured = coverage.Coverage(data_file=None, include=[f"{RULES}/*"])
        with measured.collect():
            for name in self._items:
                measured.switch_context(name)
                began = time.process_time()
                self._run(name)
                self._took_s[name] = time.process_time() - began
        data = measured.get_data()  # a process of its own will not have it
        self._lines = {Path(file).name: data.contexts_by_lineno(file) for file in data.measured_files()}
        if not self.failed:
            self.result = self._use(self.catching)
        return True

    def catching(self, mutant: Mutant) -> str:
        """The first test that fails with it, which has to be planted; "" when none does. For a process of its own: it says nothing more."""
        self._plugins.unregister(name="terminalreporter")
        for name in sorted(self._taking(mutant), key=self._took_s.__getitem__):
            self._run(name)
            if self.failed:
                return f"tests ({name.split('::')[-1]})"
        return ""

    def _taking(self, mutant: Mutant) -> set[str]:
        """Where none takes the very lines (they may go on from one above), those that take anything of the file."""
        by_line = self._lines[mutant.file]
        near = {name for line in lines_of(mutant) for name in by_line.get(line, ())}
        return (near or {name for names in by_line.values() for name in names}) & self._items.keys()

    def _run(self, name: str) -> None:
        item = self._items[name]
        item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
