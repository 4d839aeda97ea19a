"""A serial port between its speaker and the line: bytes and time go in, its bytes and reports come back. Only here is one opened."""

import asyncio
import errno
import os
import termios
from collections import Counter
from collections.abc import Callable
from typing import Protocol

import serial

from drivers.clock import Clock
from drivers.errors import LinkError
from drivers.exchange import Done
from drivers.wire.modbus_rtu import Request, Response
from lanectl.model import Command, Report, UnitName

REOPEN_S = (0.25, 0.5, 1.0, 2.0)  # after a loss; plugged in again, a port is used within two seconds
READ_BYTES_MAX = 4096  # a tty's own buffer


class OpenPort(Protocol):
    """An open port, never blocking. `read` and `write` raise OSError when it is gone."""

    def read(self) -> bytes: ...

    def write(self, data: bytes) -> int | None: ...

    def close(self) -> None: ...


class Speaker(Protocol):
    """What speaks on a line, sans-IO: the bus of some units, or a scale that is only listened to. `errors` counts bad bytes by kind."""

    name: str
    errors: Counter[str]

    def receive(self, now: float, data: bytes) -> list[Report]: ...

    def wake(self, now: float) -> list[Report]: ...

    @property
    def wake_at(self) -> float: ...

    def ask(self, now: float, command: Command) -> bool: ...

    def request(self, now: float, unit: UnitName, request: Request, done: Done) -> None: ...

    def permit(self, now: float) -> bool: ...

    def back(self, now: float) -> None: ...

    def gone(self, now: float, reason: str) -> list[Report]: ...

    def output(self) -> bytes: ...


Opener = Callable[[Callable[[], None]], OpenPort]  # opens a port that calls back when there is something to read; raises LinkError


class SerialLink:
    """Opens its port at once, and again whenever it is lost. `device`: its name, for people."""

    def __init__(self, device: str, opener: Opener, speaker: Speaker, clock: Clock, deliver: Callable[[list[Report]], None]) -> None:
        self.device = device
        self.speaker = speaker
        self._opener = opener
        self._clock = clock
        self._deliver = deliver
        self._port: OpenPort | None = None
        self._tries = 0
        self._cancel: Callable[[], None] = lambda: None
        self._woken_at: float | None = None
        self._open()

    @property
    def is_open(self) -> bool:
        return self._port is not None

    def ask(self, command: Command) -> bool:
        """False: the command is for no unit on this port."""
        taken = self.speaker.ask(self._clock.now(), command)
        self._exchange([])
        return taken

    def permit(self) -> None:
        """A step was completed (S5)."""
        if self.speaker.permit(self._clock.now()):
            self._exchange([])

    async def request(self, unit: UnitName, request: Request) -> Response:
        """One transaction for flashing or doctor. Raises LinkError, in words, when no believed answer came."""
        outcome: asyncio.Future[Response | str] = asyncio.get_running_loop().create_future()

        def done(answer: Response | str) -> None:
            if not outcome.done():
                outcome.set_result(answer)

        self.speaker.request(self._clock.now(), unit, request, done)
        self._exchange([])
        answer = await outcome
        if isinstance(answer, str):
            raise LinkError(answer)
        return answer

    def close(self) -> None:
        self._cancel()
        self._shut()
        self.speaker.gone(self._clock.now(), "closed")

    # ------------------------------------------------------------ the port

    def _open(self) -> None:
        self._tries += 1
        try:
            self._port = self._opener(self._readable)
        except LinkError as error:
            self._lose(str(error))
            return
        self._tries = 0
        self.speaker.back(self._clock.now())
        self._exchange([])

    def _readable(self) -> None:
        assert self._port is not None
        try:
            data = self._port.read()
        except OSError as error:  # pyserial's SerialException is one
            self._lose(f"{self.device}: unplugged or its other end closed ({error})")
            return
        self._exchange(self.speaker.receive(self._clock.now(), data))

    def _lose(self, reason: str) -> None:
        self._shut()
        reports = self.speaker.gone(self._clock.now(), reason)
        wait_s = REOPEN_S[min(self._tries, len(REOPEN_S) - 1)]
        self._cancel()
        self._cancel = self._clock.call_at(self._clock.now() + wait_s, self._open)
        self._woken_at = None
        if reports:
            self._deliver(reports)

    def _shut(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            port.close()

    # ------------------------------------------------------------ between speaker and port

    def _exchange(self, reports: list[Report]) -> None:
        """Writes what the speaker wants written, asks for its next wake-up, then hands on what it reported."""
        if self._port is None:
            return
        output = self.speaker.output()
        if output and not self._write(self._port, output):
            return
        wake_at = self.speaker.wake_at
        if wake_at != self._woken_at:
            self._sleep_until(wake_at)
        if reports:
            self._deliver(reports)

    def _write(self, port: OpenPort, output: bytes) -> bool:
        try:
            written = port.write(output)
        except OSError as error:
            self._lose(f"{self.device}: cannot be written ({error})")
            return False
        if written != len(output):
            self._lose(f"{self.device}: took {written} of {len(output)} bytes, nothing drains it")
            return False
        return True

    def _sleep_until(self, wake_at: float) -> None:
        self._cancel()
        self._woken_at = wake_at
        if wake_at < float("inf"):
            self._cancel = self._clock.call_at(wake_at, self._wake)

    def _wake(self) -> None:
        self._woken_at = None
        self._exchange(self.speaker.wake(self._clock.now()))


class Tty:
    """A serial port of this machine, on the running event loop."""

    def __init__(self, port: serial.Serial, readable: Callable[[], None]) -> None:
        self._port = port
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(port.fileno(), readable)

    def read(self) -> bytes:
        data: bytes = self._port.read(READ_BYTES_MAX)
        return data

    def write(self, data: bytes) -> int | None:
        return self._port.write(data)

    def close(self) -> None:
        self._loop.remove_reader(self._port.fileno())
        self._port.close()


def opener_of(device: str, baud: int, parity: str, *, pseudo: bool = False) -> Opener:
    """`pseudo`: a pseudo-terminal, which carries no parity."""
    return lambda readable: Tty(open_port(device, baud, serial.PARITY_NONE if pseudo else parity), readable)


def open_port(device: str, baud: int, parity: str) -> serial.Serial:
    """A port of our own, never blocking. Raises LinkError that says what is in the way and what to do."""
    try:
        return serial.Serial(device, baudrate=baud, parity=parity, timeout=0, write_timeout=0, exclusive=True)
    except (OSError, ValueError, termios.error) as error:
        raise LinkError(_in_the_way(device, error)) from error


def _in_the_way(device: str, error: Exception) -> str:
    number = getattr(error, "errno", None)
    if number == errno.ENOENT:
        return f"{device}: there is no such device; is it plugged in?"
    if number in (errno.EACCES, errno.EPERM):
        return f"{device}: is there, but user {os.getuid()} may not open it; put the user into the group of the device"
    if number in (errno.EAGAIN, errno.EBUSY):
        return f"{device}: another program holds it"
    return f"{device}: cannot be opened ({error})"
