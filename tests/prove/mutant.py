"""What a planted bug is."""

from typing import NamedTuple


class Mutant(NamedTuple):
    """`old` stands exactly once in lanectl/interlocking/`file`."""

    invariant: str
    what: str
    file: str
    old: str
    new: str
