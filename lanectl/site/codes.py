"""What each code of `lanectl check` means; the texts stand in codes.toml beside this file."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Explanation:
    what: str
    why: str
    do: str


@cache
def explanations() -> dict[str, Explanation]:
    text = resources.files(__package__).joinpath("codes.toml").read_text(encoding="utf-8")
    return {code: Explanation(**texts) for code, texts in tomllib.loads(text).items()}
