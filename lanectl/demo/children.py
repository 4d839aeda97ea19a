"""Programs that the demo starts, watches and ends: none of them outlives it."""

import ctypes
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

END_S_MAX = 5.0  # after this a program that ignores SIGTERM is killed
PR_SET_PDEATHSIG = 1  # prctl(2)


@dataclass(slots=True)
class Child:
    """One program. `restart_after_s`: started again so long after it died; None: its end is the demo's end."""

    name: str
    argv: Sequence[str]
    log: Path
    restart_after_s: float | None
    process: subprocess.Popen[bytes] | None = None
    died_at: float = 0.0


@dataclass(slots=True)
class Children:
    """Started in order, ended in reverse order. `notices`: what happened to them, in words, for the screen."""

    _children: list[Child] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def start(self, name: str, argv: Sequence[str], log: Path, restart_after_s: float | None = None) -> Child:
        child = Child(name, argv, log, restart_after_s)
        self._children.append(child)
        _spawn(child)
        return child

    def watch(self) -> Child | None:
        """Restarts what may be restarted; returns a child whose end ends the demo."""
        for child in self._children:
            if child.process is None or child.process.poll() is None:
                continue
            now = time.monotonic()
            if not child.died_at:
                child.died_at = now
                self.notices.append(f"{child.name} ended ({_how(child.process.returncode)})")
            if child.restart_after_s is None:
                return child
            if now - child.died_at >= child.restart_after_s:
                _spawn(child)
                self.notices.append(f"{child.name} started again")
        return None

    def end(self) -> None:
        """SIGTERM to each, last started first; SIGKILL to what does not listen. Returns when all are gone."""
        for child in reversed(self._children):
            if child.process is None or child.process.poll() is not None:
                continue
            child.process.terminate()
            try:
                child.process.wait(END_S_MAX)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()


def _spawn(child: Child) -> None:
    with child.log.open("ab") as log:
        # A session of its own: Ctrl-C reaches the demo, which ends its programs in order.
        child.process = subprocess.Popen(  # noqa: S603 - our own programs, by full path
            child.argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - the demo runs no threads
        )
    child.died_at = 0.0


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _how(returncode: int) -> str:
    return f"by signal {signal.Signals(-returncode).name}" if returncode < 0 else f"exit {returncode}"
