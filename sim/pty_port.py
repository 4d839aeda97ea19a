"""A simulated serial port: a pseudo-terminal under the name that the plan gives it, which can be unplugged and plugged in again."""

import asyncio
import os
import termios
import tty
from collections.abc import Callable
from pathlib import Path

READ_BYTES = 512
BAUDS = {getattr(termios, f"B{baud}"): baud for baud in (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)}


class PortError(OSError):
    """The port cannot be made. The message says what is in the way."""


class PtyPort:
    """`heard` gets the bytes that the master wrote and the baud rate it set. Both ends are closed while unplugged."""

    def __init__(self, path: Path, heard: Callable[[bytes, int | None], None]) -> None:
        self._path = path
        self._heard = heard
        self._master = -1
        self._slave = -1
        self._name = ""

    @property
    def plugged(self) -> bool:
        return self._master >= 0

    def plug(self) -> None:
        """Must be called within the running loop."""
        if self._path.exists() and not self._path.is_symlink():
            raise PortError(f"{self._path} is in the way: it is no port of the simulator; remove it or choose another folder")
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._name = os.ttyname(self._slave)
        self._link()
        asyncio.get_running_loop().add_reader(self._master, self._read)

    def unplug(self) -> None:
        """The name goes first, so that nobody can open what is about to end."""
        if not self.plugged:
            return
        asyncio.get_running_loop().remove_reader(self._master)
        if self._path.is_symlink() and str(self._path.readlink()) == self._name:
            self._path.unlink()
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1

    def write(self, data: bytes) -> None:
        """What nobody reads is lost, as on a wire."""
        if not self.plugged:
            return
        try:
            os.write(self._master, data)
        except BlockingIOError:
            termios.tcflush(self._slave, termios.TCIFLUSH)

    def _link(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_name(f".{self._path.name}.new")
        new.unlink(missing_ok=True)
        new.symlink_to(self._name)
        new.replace(self._path)

    def _read(self) -> None:
        try:
            data = os.read(self._master, READ_BYTES)
        except BlockingIOError:
            return
        # A pseudo-terminal carries no parity; its speed is whatever the other end has set.
        self._heard(data, BAUDS.get(termios.tcgetattr(self._master)[5]))
