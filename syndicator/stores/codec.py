"""Values of `model` as JSON and back, by their type hints.

The JSON is canonical: keys sorted, no white space, fields that hold their default left out. So the
same value always gives the same bytes, and a field added to the model later (with a default) does
not change the hash of what was kept before. Reading ignores fields it does not know and lets
missing ones take their default; a value of the wrong type is an error.

orjson writes what the json module would, in a fifth of the time; numbers, where the two differ, are
written as json does. Reading is left to json: orjson makes floats of large integers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache, lru_cache
from math import isfinite
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import orjson

from syndicator.errors import StoreError

T = TypeVar("T")
_SHORT = 1000  # characters
_INTEGER = 2**63  # orjson refuses larger ones
Decoder = Callable[[Any], Any]


def pack(value: object) -> str:
    """Canonical JSON of a value. Raises ValueError for a number that JSON cannot hold."""
    return orjson.dumps(_plain(value), option=orjson.OPT_SORT_KEYS).decode()


def unpack(kind: Any, text: str) -> Any:
    """The value of type `kind` (any type hint the model uses) that `pack` made `text` of.

    Short texts are often read again, the rules of themes with every claim: they share a value,
    mappings too, which nobody may change (the model names them Mapping, so mypy looks after it).

    Raises:
        StoreError: it is not JSON, or not of that type.
    """
    try:
        return _shared(kind, text) if len(text) <= _SHORT else _decoder(kind)(json.loads(text))
    except (ValueError, TypeError) as error:
        raise StoreError(f"a stored value cannot be read as {kind}: {error}") from error


@lru_cache(maxsize=4096)
def _shared(kind: Any, text: str) -> Any:
    return _decoder(kind)(json.loads(text))


def value_of(kind: type[T], text: str) -> T:
    """`unpack` for a class, so that the type checker knows what comes out."""
    return cast(T, unpack(kind, text))


def digest(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, in hex (R26)."""
    return hashlib.sha256(text.encode()).hexdigest()


def stamp(at: datetime) -> str:
    """RFC 3339 with Z; naive dates are refused, they would mean another time elsewhere."""
    if at.tzinfo is None:
        raise ValueError(f"a time without a zone: {at}")
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


# ------------------------------------------------------------------ value -> plain


def _plain(value: Any) -> Any:
    kind = type(value)
    encode = _ENCODERS.get(kind)
    if encode is None:
        encode = _ENCODERS.setdefault(kind, _encoder(kind))
    return encode(value)


def _encoder(kind: type) -> Callable[[Any], Any]:
    if is_dataclass(kind):
        return _object_encoder(kind)
    if issubclass(kind, Enum):
        return lambda value: value.value
    if issubclass(kind, Mapping):
        return lambda value: {str(key): _plain(item) for key, item in value.items()}
    if issubclass(kind, datetime):
        return stamp
    raise TypeError(f"{kind.__name__} has no place in a stored value")


def _object_encoder(kind: type) -> Callable[[Any], Any]:
    known = [(each.name, _default(each)) for each in fields(kind)]

    def encode(value: Any) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for name, default in known:
            item = getattr(value, name)
            if item is not default and item != default:
                kept[name] = item if type(item) is str else _plain(item)
        return kept

    return encode


def _default(each: Field[Any]) -> Any:
    if each.default_factory is not MISSING:
        return each.default_factory()
    return each.default


def _same(value: Any) -> Any:
    return value


def _integer(value: int) -> Any:
    return value if -_INTEGER <= value < _INTEGER else orjson.Fragment(str(value))


def _float(value: float) -> Any:
    if not isfinite(value):
        raise ValueError(f"JSON has no number {value}")
    return orjson.Fragment(repr(value))


_ENCODERS: dict[type, Callable[[Any], Any]] = {
    str: _same,
    int: _integer,
    bool: _same,
    float: _float,
    NoneType: _same,
    datetime: stamp,
    dict: lambda value: {str(key): _plain(item) for key, item in value.items()},
    tuple: lambda value: [_plain(item) for item in value],
    list: lambda value: [_plain(item) for item in value],
    frozenset: lambda value: sorted(_plain(item) for item in value),
}


# ------------------------------------------------------------------ plain -> value


@cache
def _decoder(kind: Any) -> Decoder:
    if kind in _EXACT:
        return _exact(kind)
    if kind is float:
        return _number
    if kind is datetime:
        return _time
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if is_dataclass(kind):
        return _object_decoder(cast(type, kind))
    return _container_decoder(kind)


_EXACT = (str, int, bool, NoneType)


def _exact(kind: type) -> Decoder:
    def decode(raw: Any) -> Any:
        if type(raw) is not kind:
            raise ValueError(f"{kind.__name__} expected, {type(raw).__name__} found")
        return raw

    return decode


def _number(raw: Any) -> float:
    if type(raw) not in (int, float):
        raise ValueError(f"a number expected, {type(raw).__name__} found")
    return float(raw)


def _time(raw: Any) -> datetime:
    at = datetime.fromisoformat(raw)
    if at.tzinfo is None:
        raise ValueError(f"a time without a zone: {raw}")
    return at.astimezone(UTC)


def _object_decoder(kind: type) -> Decoder:
    hints = get_type_hints(kind)
    decoders = {each.name: _decoder(hints[each.name]) for each in fields(kind)}

    def decode(raw: Any) -> Any:
        if type(raw) is not dict:
            raise ValueError(f"{kind.__name__} expected, {type(raw).__name__} found")
        known = {name: decoders[name](item) for name, item in raw.items() if name in decoders}
        return kind(**known)

    return decode


def _container_decoder(kind: Any) -> Decoder:
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _union_decoder(tuple(_decoder(arg) for arg in args if arg is not NoneType), args)
    if origin is tuple:
        return _series(tuple, _decoder(args[0]))
    if origin is frozenset:
        return _series(frozenset, _decoder(args[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(_decoder(args[1]))
    raise TypeError(f"no way to read {kind}")


def _series(make: Callable[[Any], Any], item: Decoder) -> Decoder:
    def decode(raw: Any) -> Any:
        if type(raw) is not list:
            raise ValueError(f"a list expected, {type(raw).__name__} found")
        return make(item(each) for each in raw)

    return decode


def _mapping(item: Decoder) -> Decoder:
    def decode(raw: Any) -> Any:
        if type(raw) is not dict:
            raise ValueError(f"an object expected, {type(raw).__name__} found")
        return {key: item(each) for key, each in raw.items()}

    return decode


def _union_decoder(choices: tuple[Decoder, ...], args: tuple[Any, ...]) -> Decoder:
    optional = NoneType in args

    def decode(raw: Any) -> Any:
        if raw is None and optional:
            return None
        for choice in choices[:-1]:
            try:
                return choice(raw)
            except (ValueError, TypeError):
                continue
        return choices[-1](raw)

    return decode
