"""Text from outside (files, trucks, people) made fit to be shown: it must not steer the terminal that shows it. Pure."""

import unicodedata

_STEERS = ("Cc", "Cf", "Cs", "Zl", "Zp")  # control and format characters (bidirectional ones too), halves of pairs, separators


def printable(text: str) -> str:
    """Control characters made visible; a tab stays."""
    return "".join(c if c == "\t" or unicodedata.category(c) not in _STEERS else "�" for c in text)
