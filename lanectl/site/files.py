"""The files of a site's folder: read whole, hashed, and parsed with the place of every key."""

import hashlib
import re
import stat
import tomllib
from pathlib import Path

from lanectl.site.problems import Findings, Place, report
from lanectl.site.toml_source import Source, Span, read

_BYTES_MAX = 4_000_000  # a manifest of some ten thousand lines; more is not a site's file
_WHERE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_BYTE_ORDER_MARK = "\ufeff"


class Files:
    """Reads files of one folder once each, keeps what was read, and notes what is wrong with them."""

    def __init__(self, folder: Path, findings: Findings) -> None:
        self.folder = folder
        self.findings = findings
        self.texts: dict[str, str] = {}
        self._bytes: dict[str, bytes] = {}

    def source(self, name: str, named_at: Place | None = None, keys: tuple[str | int, ...] = ()) -> Source | None:
        """The parsed file, or None with the reason noted; `named_at` and `keys`: where the site names this file."""
        data = self._read(name, named_again=name in self._bytes)
        if isinstance(data, bytes):
            self._bytes[name] = data
            return self._parsed(name, data)
        if named_at is None:
            self.findings.at_file("C001", name, f"{self.folder / name} {data}", "give the folder that holds site.toml")
        else:
            report(self.findings, "C001", named_at, keys, f"`{name}` {data}")
        return None

    def sha256(self, manifest: str) -> str:
        """Over names, lengths and bytes of all files read, so that nothing can move from one to another unseen. Not over the manifest,
        which changes with every truck: what is taken from it is a report, and journalled as one.
        """
        digest = hashlib.sha256()
        for name, data in sorted((name, data) for name, data in self._bytes.items() if name != manifest):
            digest.update(f"{name}\0{len(data)}\0".encode())
            digest.update(data)
        return digest.hexdigest()

    def _read(self, name: str, named_again: bool) -> bytes | str:
        """The file's bytes, or why there are none."""
        if Path(name).name != name or name in ("", ".", ".."):
            return "is no file name: the files of a site lie beside site.toml"
        if named_again:
            return "is named twice by site.toml"
        try:
            if not stat.S_ISREG((self.folder / name).stat().st_mode):  # a pipe would be waited for, a device read without end
                return "cannot be read: it is no file"
            with (self.folder / name).open("rb") as file:
                data = file.read(_BYTES_MAX + 1)
        except FileNotFoundError:
            return "is missing"
        except (OSError, ValueError) as error:  # ValueError: a name that no file can have
            return f"cannot be read: {getattr(error, 'strerror', error)}"
        return data if len(data) <= _BYTES_MAX else f"is longer than {_BYTES_MAX} bytes"

    def _parsed(self, name: str, data: bytes) -> Source | None:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            column = len(data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
            self.findings.at_line(
                "C002", name, Span(line, column, 1), f"byte 0x{data[error.start]:02x} is not UTF-8", remedy="save the file as UTF-8"
            )
            return None
        self.texts[name] = text
        if not text.strip():
            self.findings.at_file("C004", name, "the file is empty", "an example of every file: config/bac-luan-2")
            return None
        try:
            return read(name, text)
        except tomllib.TOMLDecodeError as error:
            self._not_toml(name, text.replace("\r\n", "\n"), str(error))
        except RecursionError:
            self.findings.at_file("C003", name, "not TOML: brackets are nested too deeply")
        return None

    def _not_toml(self, name: str, text: str, message: str) -> None:
        found = _WHERE.search(message)
        lines = text.rstrip("\n").split("\n")
        line, column = (int(found[1]), int(found[2])) if found else (len(lines), len(lines[-1]) + 1)
        remedy = "the file begins with a byte order mark: save it as UTF-8 without one" if text.startswith(_BYTE_ORDER_MARK) else ""
        source_line = lines[line - 1] if line <= len(lines) else ""
        words = _WHERE.sub("", message)
        self.findings.at_line(
            "C003", name, Span(line, column, 1), f"not TOML: {words[:1].lower()}{words[1:]}", remedy=remedy, source_line=source_line
        )
