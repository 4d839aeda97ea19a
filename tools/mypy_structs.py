"""mypy holds `msgspec.structs.replace` to the fields of what is replaced, as `dataclasses.replace`; neither takes what is the other's."""

from collections.abc import Callable

from mypy.plugin import FunctionSigContext, Plugin
from mypy.plugins.dataclasses import replace_function_sig_callback
from mypy.types import FunctionLike, Instance, TypeVarType, flatten_nested_unions, get_proper_type


class Structs(Plugin):
    def get_function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        match fullname:
            case "msgspec.structs.replace":
                return _of_struct
            case "dataclasses.replace":
                return _of_dataclass
            case _:
                return None


def _of_struct(context: FunctionSigContext) -> FunctionLike:
    if not all(_structs(context)):
        context.api.fail("this is no struct: dataclasses.replace", context.context)
    return replace_function_sig_callback(context)


def _of_dataclass(context: FunctionSigContext) -> FunctionLike:
    if any(_structs(context)):
        context.api.fail("this is a struct: msgspec.structs.replace", context.context)
    return replace_function_sig_callback(context)


def _structs(context: FunctionSigContext) -> list[bool]:
    """Of each kind that the first argument may be, whether it is a struct; nothing of one that is not known."""
    shown = get_proper_type(context.api.get_expression_type(context.args[0][0])) if context.args[0] else None
    kinds = [kind.upper_bound if isinstance(kind, TypeVarType) else kind for kind in flatten_nested_unions([shown])] if shown else []
    known = [kind for kind in map(get_proper_type, kinds) if isinstance(kind, Instance)]
    return [kind.type.has_base("msgspec.Struct") for kind in known]


def plugin(_version: str) -> type[Structs]:
    return Structs
