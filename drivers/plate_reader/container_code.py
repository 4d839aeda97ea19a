"""Container numbers (ISO 6346): owner, serial and check digit, "MSKU1234565"; pure."""

import re

PATTERN = re.compile(r"[A-Z]{3}[UJZ]\d{7}")
BODY = 10  # characters that the check digit is made of
# Letters count from 10; multiples of 11 are left out, for the sum is taken modulo 11.
VALUES = {c: n for n, c in enumerate("0123456789A?BCDEFGHIJK?LMNOPQRSTU?VWXYZ") if c != "?"}


def check_digit(body: str) -> int:
    """For owner and serial, ten characters. A sum that leaves 10 is written as 0."""
    assert len(body) == BODY, f"{body}: owner and serial are ten characters"
    return sum(VALUES[c] << n for n, c in enumerate(body)) % 11 % 10


def checks(number: str) -> bool:
    """It is written as a container number, and its last digit is what the others make it."""
    return bool(PATTERN.fullmatch(number)) and int(number[BODY]) == check_digit(number[:BODY])
