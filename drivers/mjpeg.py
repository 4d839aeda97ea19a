"""Motion JPEG over HTTP, taken in by a thread of its own that keeps only the newest picture."""

import http.client
import threading
from io import BufferedIOBase
from urllib.parse import urlsplit

from drivers.latest import Latest

PART_BYTES_MAX = 16_000_000
LINE_BYTES_MAX = 4096
HEADERS_MAX = 32
RETRY_S = (0.1, 0.3, 1.0)  # after a picture, and with each try that brought none: a stream that breaks off once is back before it is missed


class MjpegStream:
    """Opens the address at once, and again after each loss, until closed. `why`: what was last in the way, "" after a picture."""

    def __init__(self, address: str, silence_s: float) -> None:
        self.why = ""
        self._address = address
        self._silence_s = silence_s
        self.pictures: Latest[bytes] = Latest()
        self._closed = threading.Event()
        threading.Thread(target=self._run, name=f"camera {address}", daemon=True).start()

    def close(self) -> None:
        self._closed.set()

    def _run(self) -> None:
        tries = 0
        while not self._closed.is_set():
            before = self.pictures.puts
            try:
                self._take_in()
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.why = str(error) or type(error).__name__
            tries = 0 if self.pictures.puts > before else min(tries + 1, len(RETRY_S) - 1)
            self._closed.wait(RETRY_S[tries])

    def _take_in(self) -> None:
        url = urlsplit(self._address)
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = kind(url.hostname or "", url.port, timeout=self._silence_s)
        try:
            connection.request("GET", (url.path or "/") + (f"?{url.query}" if url.query else ""))
            response = connection.getresponse()
            boundary = _boundary(response)
            while not self._closed.is_set():
                self.pictures.put(_next_part(response, boundary))
                self.why = ""
        finally:
            connection.close()


def _boundary(response: http.client.HTTPResponse) -> bytes:
    if response.status != http.client.OK:
        raise ValueError(f"the camera answers {response.status} {response.reason}")
    kind = response.headers.get_content_type()
    boundary = response.headers.get_param("boundary")
    if kind != "multipart/x-mixed-replace" or not isinstance(boundary, str):
        raise ValueError(f"the camera answers with {kind}, not with motion JPEG (multipart/x-mixed-replace)")
    return b"--" + boundary.removeprefix("--").encode("latin-1")


def _next_part(response: BufferedIOBase, boundary: bytes) -> bytes:
    _skip_to(response, boundary)
    length = -1
    for _ in range(HEADERS_MAX):
        name, _, value = _line(response).partition(b":")
        if not name.strip():
            break
        if name.strip().lower() == b"content-length":
            length = int(value)
    if not 0 <= length <= PART_BYTES_MAX:
        raise ValueError("the camera does not say how long a picture is (Content-Length), or it is too long")
    part = response.read(length)
    if len(part) < length:
        raise ValueError("the camera ended the connection")
    return part


def _skip_to(response: BufferedIOBase, boundary: bytes) -> None:
    for _ in range(HEADERS_MAX):
        if _line(response).strip().startswith(boundary):
            return
    raise ValueError("no picture begins where one should")


def _line(response: BufferedIOBase) -> bytes:
    line = response.readline(LINE_BYTES_MAX)
    if not line:
        raise ValueError("the camera ended the connection")
    return line.rstrip(b"\r\n")
