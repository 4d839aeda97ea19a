"""Every key that TOML can hold has a place, whatever the writing."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanectl.site.toml_source import KeyPath, read
from lanectl.site.toml_text import toml_text

WRITINGS = """\
# a comment with [brackets] = and "quotes"
plain = 1
"quoted key" = 'a # no comment'
'lit.eral' = \"\"\"
several [lines]
ending in quotes\\\"\"\"\"\"
dotted . "in two" = 1979-05-27 07:32:00Z # with a space inside
list = [
  1, # one
  [ "a]", 'b}' ],
  { x = 1, y.z = [ {} ] },
]
raw = '''it''s'''''

[table."with dot.s"]
key = true
[[many]]
n = 1
[many.below]
k = -inf
[[many.deeper]]
m = 0x1F
[[many]]
n = 2
[[many.deeper]]
m = 2
[[many.deeper]]
m = 3
[ spaced . header ] # behind
x = {}
"""


def paths_of(tree: object, path: KeyPath = ()) -> set[KeyPath]:
    """Every key path that tomllib's result holds."""
    below = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return {p for key, value in below for p in {(*path, key)} | paths_of(value, (*path, key))}


def test_every_key_of_every_way_of_writing_has_a_place() -> None:
    source = read("writings.toml", WRITINGS)

    assert set(source.spots) == paths_of(tomllib.loads(WRITINGS))


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("plain",), "plain", "1"),
        (("quoted key",), '"quoted key"', "'a # no comment'"),
        (("dotted", "in two"), '"in two"', "1979-05-27 07:32:00Z"),
        (("list", 1, 1), "'b}'", "'b}'"),
        (("list", 2, "y", "z"), "z", "[ {} ]"),
        (("many", 1, "deeper", 1, "m"), "m", "3"),
        (("table", "with dot.s"), '[table."with dot.s"]', '[table."with dot.s"]'),
        (("many", 1), "[[many]]", "[[many]]"),
        (("spaced", "header"), "[ spaced . header ]", "[ spaced . header ]"),
    ],
)
def test_a_place_covers_what_is_written_there(path: KeyPath, key: str, value: str) -> None:
    source = read("writings.toml", WRITINGS)
    spot = source.spots[path]

    def written(line: int, column: int, width: int) -> str:
        return source.line(line)[column - 1 : column - 1 + width]

    assert written(spot.key.line, spot.key.column, spot.key.width) == key
    assert written(spot.value.line, spot.value.column, spot.value.width) == value


KEYS = st.text(min_size=0, max_size=8)
SCALARS = st.one_of(st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.text(max_size=20))
VALUES = st.recursive(SCALARS, lambda below: st.lists(below, max_size=4) | st.dictionaries(KEYS, below, max_size=4), max_leaves=12)
TREES = st.dictionaries(KEYS, VALUES, max_size=6)


@given(TREES)
def test_every_key_path_that_tomllib_sees_has_a_place(tree: dict[str, object]) -> None:
    text = toml_text(tree)

    assert set(read("any.toml", text).spots) == paths_of(tomllib.loads(text))


@given(TREES)
def test_what_is_written_reads_back_as_it_was(tree: dict[str, object]) -> None:
    assert tomllib.loads(toml_text(tree)) == tree


@given(
    st.lists(st.sampled_from([*"[]{}=.,#\"'\n ab1-\\", '"""', "'''", "[[", "]]", "a = ", "\n[a]\n", "\n[[b]]\n"]), max_size=40).map("".join)
)
def test_any_text_that_tomllib_accepts_is_understood(text: str) -> None:
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(read("any.toml", text).spots) == paths_of(tree)
