"""Codes and parameters -> sentences, in the languages of the lane. Codes and keys are never translated.

The sentences stand in vi.toml, zh.toml and en.toml beside this file, under keys like `refusal.SECTION_LOCKED`.
A parameter whose value has a word of its own is put into words too: {boom} with UP becomes the word `boom.UP`.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from lanectl.printable import printable
from lanectl.status import Alarm, Happening, Why

LANGUAGES = ("vi", "zh", "en")
PARAMETER = re.compile(r"\{([a-z_0-9]+)\}")


@cache
def words(lang: str) -> Mapping[str, str]:
    """Every key of one language, flat. `lang` is one of LANGUAGES."""
    text = resources.files(__package__).joinpath(f"{lang}.toml").read_text(encoding="utf-8")
    return dict(_flat("", tomllib.loads(text)))


def _flat(prefix: str, table: Mapping[str, object]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in table.items():
        pairs += _flat(f"{prefix}{key}.", value) if isinstance(value, dict) else [(prefix + key, str(value))]
    return pairs


def word(key: str, lang: str, **params: object) -> str:
    """The words of a key. An unknown key is shown as it is: an operator must see that something is there."""
    table = words(lang)
    template = table.get(key)
    if template is None:
        return printable(" ".join((key, *(f"{name}={value}" for name, value in params.items()))))
    return PARAMETER.sub(lambda found: _value(table, found[1], params), template)


def _value(table: Mapping[str, str], name: str, params: Mapping[str, object]) -> str:
    value = str(params.get(name, "?"))
    return table.get(f"{name}.{value}") or printable(value)


def sentence(code: str, params: Mapping[str, str], lang: str) -> str:
    """A refusal's code as a clause: "section K2 is locked for T07"."""
    return word(f"refusal.{code}", lang, **params)


def why_it_waits(truck: str, why: Why, lang: str) -> str:
    return word("page.waits", lang, truck=truck, why=sentence(why.code, why.params, lang))


def alarm_text(alarm: Alarm, part: str, lang: str) -> str:
    """`part` is what, cause or action."""
    return word(f"alarm.{alarm.code}.{part}", lang, **alarm.params)


def happening_text(happening: Happening, lang: str) -> str:
    text = " ".join(word(f"event.{happening.code}", lang, **happening.params).split())
    return text if happening.why is None else f"{text}: {sentence(happening.why.code, happening.why.params, lang)}"
