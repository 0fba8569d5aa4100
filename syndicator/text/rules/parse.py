"""A rule in Lucene syntax, read by luqum, as a tree; what cannot be taken is refused by column."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any, NoReturn

from luqum import parser as lucene
from luqum import tree as given
from luqum.exceptions import IllegalCharacterError, ParseSyntaxError

from syndicator.errors import RuleError
from syndicator.text.rules.tree import (
    EXACT_FIELDS,
    FIELDS,
    NO_FIELD,
    And,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Same,
)
from syndicator.text.words import words

MAX_LENGTH = 100_000  # characters
MAX_DEPTH = 50  # brackets and NOTs within each other
MAX_DISTANCE = 1000  # words, of a proximity
MIN_PREFIX = 2  # letters

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_WILDCARD = re.compile(r"(?<!\\)(?:\\\\)*[*?]")
_TYPED_QUOTE = re.compile("[\u201c\u201d\u201e\u00ab\u00bb]")

_REFUSED = {
    "REGEX": "regular expressions are not taken; to search for a slash, put the words in quotes",
    "BOOST": "boosting (^) means nothing here: an article belongs to a theme or it does not",
    "LBRACKET": "ranges are not taken",
    "RBRACKET": "ranges are not taken",
    "LESSTHAN": "ranges are not taken",
    "GREATERTHAN": "ranges are not taken",
}


def parse_rule(text: str) -> Node:
    """The tree of a rule.

    Raises:
        RuleError: with the column, from 1, of what cannot be taken.
    """
    if len(text) > MAX_LENGTH:
        raise RuleError(f"the rule is longer than {MAX_LENGTH} characters")
    _check_tokens(text)
    node = _Reader().node(_lucene(text), None, 0)
    if isinstance(node, Not):
        _refuse("a rule that only says what it does not want would take everything else", 0)
    return node


# ------------------------------------------------------------------ syntax


def _lucene(text: str) -> Any:
    # ply's lexer holds state: each call has its own, so that threads do not meet (luqum #72).
    try:
        return lucene.parser.parse(text, lexer=lucene.lexer.clone())
    except ParseSyntaxError as error:
        place = re.search(r"at position (\d+)!$", str(error))
        if place is None:
            _refuse("the rule ends too early", len(text.rstrip()))
        _refuse(f"{_word_at(text, int(place[1]))} does not fit here", int(place[1]))


def _word_at(text: str, at: int) -> str:
    found = re.compile(r"[\w]+|.").match(text, at)
    return f'"{found[0]}"' if found else "this"


def _check_tokens(text: str) -> None:
    """Refuse by token what has an exact place there, and brackets that do not pair."""
    open_brackets: list[int] = []
    before = ""
    for token in _tokens(text):
        kind, at = token.type, token.lexpos
        if kind in _REFUSED:
            _refuse(_REFUSED[kind], at)
        if kind == "APPROX":
            _check_distance(before, token.value.value, at)
        if kind == "LPAREN":
            open_brackets.append(at)
        if kind == "RPAREN" and not (open_brackets and open_brackets.pop() >= 0):
            _refuse("no bracket was opened for this one", at)
        if len(open_brackets) > MAX_DEPTH:
            _refuse(f"more than {MAX_DEPTH} brackets within each other", at)
        before = kind
    if open_brackets:
        _refuse("this bracket is not closed", open_brackets[-1])


def _tokens(text: str) -> list[Any]:
    lexer = lucene.lexer.clone()
    lexer.input(text)
    try:
        return list(lexer)
    except IllegalCharacterError:
        sign = text[lexer.lexpos]
        reason = {'"': "this quote is not closed", "/": _REFUSED["REGEX"]}
        _refuse(reason.get(sign, f"{sign!r} does not fit here"), lexer.lexpos)


def _check_distance(before: str, degree: str | None, at: int) -> None:
    if before != "PHRASE":
        _refuse('words that are only alike (~) are not taken; to find endings, write "word*"', at)
    if not degree or not degree.isdigit() or len(degree) > 9 or int(degree) > MAX_DISTANCE:
        _refuse(
            f"say how many words may stand between, a whole number up to {MAX_DISTANCE},"
            ' such as "cease fire"~3',
            at,
        )


def _refuse(reason: str, at: int) -> NoReturn:
    raise RuleError(reason, column=at + 1)


# ------------------------------------------------------------------ meaning


class _Reader:
    """From luqum's tree to ours; `field` is the one in force, None outside any."""

    def node(self, item: Any, field: str | None, depth: int) -> Node:
        if depth > MAX_DEPTH:
            _refuse("too many parts within each other", item.pos)
        if isinstance(item, given.SearchField):
            return self._field(item, field, depth)
        if isinstance(item, given.BaseGroup | given.Plus):
            return self.node(item.children[0], field, depth + 1)
        if isinstance(item, given.Not | given.Prohibit):
            part = self.node(item.children[0], field, depth + 1)
            return part.part if isinstance(part, Not) else Not(part=part)
        if isinstance(item, given.OrOperation):
            return self._either(item, field, depth)
        if isinstance(item, given.AndOperation | given.UnknownOperation):
            return self._all(item, field, depth)
        return self._leaf(item, field)

    def _field(self, item: Any, field: str | None, depth: int) -> Node:
        if item.name not in FIELDS:
            near = get_close_matches(item.name.lower(), FIELDS, n=1)
            hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(FIELDS)}"
            _refuse(f'unknown field "{item.name}"; {hint}', item.pos)
        if field is not None:
            _refuse(f'the field "{item.name}" stands within the field "{field}"', item.pos)
        return self.node(item.expr, item.name, depth + 1)

    def _either(self, item: Any, field: str | None, depth: int) -> Node:
        parts: list[Node] = []
        for operand in item.operands:
            part = self.node(operand, field, depth + 1)
            if isinstance(part, Not):
                _refuse("a branch of OR needs something it wants, not only a NOT", operand.pos)
            parts += part.parts if isinstance(part, Or) else [part]
        return Or(parts=_once(parts))

    def _all(self, item: Any, field: str | None, depth: int) -> Node:
        parts: list[Node] = []
        for operand in item.operands:
            part = self.node(operand, field, depth + 1)
            parts += part.parts if isinstance(part, And) else [part]
        if all(isinstance(part, Not) for part in parts):
            # "NOT a AND NOT b" is one Not, so that whoever holds it sees what it is
            return Not(part=Or(parts=tuple(p.part for p in parts if isinstance(p, Not))))
        parts = list(_once(parts))
        return parts[0] if len(parts) == 1 else And(parts=tuple(parts))

    def _leaf(self, item: Any, field: str | None) -> Node:
        if field in EXACT_FIELDS:
            return _exact(item, field)
        fields = NO_FIELD if field is None else (field,)
        if isinstance(item, given.Proximity):
            return _near(item, fields)
        if isinstance(item, given.Phrase):
            return _phrase(item, fields)
        if isinstance(item, given.Word):
            return _word(item, fields)
        _refuse("this is not taken", item.pos or 0)


def _once(parts: list[Node]) -> tuple[Node, ...]:
    return tuple(dict.fromkeys(parts))


def _exact(item: Any, field: str) -> Node:
    if not isinstance(item, given.Word | given.Phrase):
        _refuse(f'the field "{field}" takes no distance', item.pos)
    if field == "url" and isinstance(item, given.Word):
        _refuse('put the value of "url" in quotes', item.pos)
    value = _unquoted(item).strip().lower()
    if isinstance(item, given.Word) and _WILDCARD.search(item.value):
        _refuse(f'the field "{field}" takes no wildcard', item.pos)
    if field == "lang" and not _LANGUAGE.fullmatch(value):
        _refuse(f'"{value}" is not a language tag, such as fr or fr-BE', item.pos)
    if not value:
        _refuse("there is nothing between the quotes", item.pos)
    return Same(field=field, value=value)


def _word(item: Any, fields: tuple[str, ...]) -> Node:
    _check_word(item)
    value = item.value
    prefix = value.endswith("*") and bool(_WILDCARD.search(value, len(value) - 1))
    found = tuple(words(_unescaped(value[:-1] if prefix else value)))
    if prefix:
        letters = sum(map(str.isalnum, found[-1])) if found else 0
        if letters < MIN_PREFIX:
            _refuse(f'"*" needs at least {MIN_PREFIX} letters before it', item.pos)
    if not found:
        _refuse(f'"{value}" holds no word', item.pos)
    return Phrase(fields=fields, words=found, prefix=prefix)


def _check_word(item: Any) -> None:
    value, at = item.value, item.pos
    if value in ("&&", "||") or value.startswith("!"):
        _refuse("write AND, OR and NOT", at)
    if quote := _TYPED_QUOTE.search(value):
        _refuse('phrases stand in straight quotes ("...")', at + quote.start())
    if '"' in value:
        _refuse("a blank is missing before this quote", at + value.index('"'))
    for wildcard in _WILDCARD.finditer(value):
        if wildcard[0][-1] == "?":
            _refuse('"?" is no wildcard here; leave it out', at + wildcard.end() - 1)
        if wildcard.end() < len(value):
            _refuse('"*" stands at the end of a word only', at + wildcard.end() - 1)


def _phrase(item: Any, fields: tuple[str, ...]) -> Node:
    _check_phrase(item)
    found = tuple(words(_unquoted(item)))
    if not found:
        _refuse("there is no word between the quotes", item.pos)
    return Phrase(fields=fields, words=found)


def _check_phrase(item: Any) -> None:
    if wildcard := re.search(r"(?<!\\)(?:\\\\)*\*", item.value):
        _refuse('"*" stands outside quotes only', item.pos + wildcard.end() - 1)


def _near(item: Any, fields: tuple[str, ...]) -> Node:
    _check_phrase(item.term)
    chunks = (tuple(words(chunk)) for chunk in _unquoted(item.term).split())
    phrases = tuple(dict.fromkeys(chunk for chunk in chunks if chunk))
    if not phrases:
        _refuse("there is no word between the quotes", item.pos)
    if len(phrases) == 1:
        return Phrase(fields=fields, words=phrases[0])
    return Near(fields=fields, phrases=phrases, distance=int(item.degree))


def _unquoted(item: Any) -> str:
    value = item.value[1:-1] if isinstance(item, given.Phrase) else item.value
    return _unescaped(value)


def _unescaped(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL)
