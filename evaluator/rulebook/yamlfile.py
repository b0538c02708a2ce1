"""YAML text in, plain data with places out: the only reader of files that people write.

`read_file` gives one `Loaded` per YAML document. Mappings become `dict` (with their span under `SPAN`), sequences
`list`, plain integers `int`, plain decimals `Decimal`, `true`/`false` `bool`, and every other scalar `Text` (a `str`
that knows its place). Nothing else is ever constructed: no tags, no floats, no dates, no `NO` that turns false.
Duplicate keys, oversized files, deep nesting and alias bombs are diagnostics.
"""

from __future__ import annotations

import codecs
import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from evaluator.diagnostics import Diagnostic, RuleError
from evaluator.record import row
from evaluator.source import Source, Span

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_DEPTH: Final = 40
MAX_NODES: Final = 300_000
SPAN: Final = "\0span"  # a key that no YAML file can contain

_INTEGER = re.compile(r"[-+]?[0-9]{1,40}\Z")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,40}\.[0-9]{1,40}\Z")
_WORDS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TAGS: Final = frozenset(
    {
        "!",
        *(
            f"tag:yaml.org,2002:{name}"
            for name in ("str", "int", "float", "bool", "null", "timestamp", "value", "merge")
        ),
    }
)
_DEEP = re.compile(r"^[ ]{160}|(?:[-?:][ \t]+){30}", re.MULTILINE)

_Base: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc] # the C loader, where PyYAML was built with it, has no types
    """Composes nodes only. What a plain scalar means is decided by the converter, so nothing is resolved here."""

    def resolve(self, kind: object, value: object, implicit: object) -> str:
        return "tag:yaml.org,2002:str"

    def descend_resolver(self, current_node: object, current_index: object) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass


_HINTS: Final = (
    ("character that cannot start any token", "indent with spaces, and quote a value that begins with a special sign"),
    ("mapping values are not allowed", "check the indentation, and quote a value that contains `: `"),
    ("expected key", "put single quotes round a value that begins with a quote mark"),
    ("expected comment or line break", "put single quotes round a value that begins with `>` or `|`"),
    ("expected ','", "close the bracket or brace, or quote a value that holds one"),
    ("undefined alias", "quote a value that begins with `*`"),
    ("directive", "quote a value that begins with `%`"),
)
"""What people probably did when the parser says so."""


class Text(str):
    """A string of a file together with its place. Compares, hashes and prints as the plain string."""

    __slots__ = ("_end", "_source", "_start")
    _source: Source | None
    _start: int
    _end: int

    @staticmethod
    def of(value: str, source: Source | None = None, start: int = 0, end: int = 0) -> Text:
        """`value` as it stands between two character offsets of `source` (quotes included)."""
        text = Text(value)
        text._source, text._start, text._end = source, start, end
        return text

    @property
    def span(self) -> Span | None:
        """The whole scalar in its file."""
        return None if self._source is None else Span(self._source, self._start, self._end)

    def span_of(self, start: int, end: int) -> Span | None:
        """The characters `start` to `end` of the string, in its file.

        Exact where the file shows the string as it is (plain or quoted on one line, literal blocks);
        otherwise the scalar.
        """
        if self._source is None:
            return None
        raw = self._source.text[self._start : self._end]
        found = raw.find(self)
        if found >= 0:
            return Span(self._source, self._start + found + start, self._start + found + max(end, start))
        before = self[:start].count("\n")
        lines = raw.split("\n")
        if raw[:1] in "|>" and before + 1 < len(lines):
            line_start = self.rfind("\n", 0, start) + 1
            shown = self[line_start:].split("\n", 1)[0]
            place = lines[before + 1].find(shown)
            if place >= 0:
                offset = self._start + sum(len(line) + 1 for line in lines[: before + 1]) + place + start - line_start
                return Span(self._source, offset, offset + max(end - start, 1))
        return self.span

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema  # only who validates documents needs pydantic

        return core_schema.no_info_plain_validator_function(
            _to_text,
            json_schema_input_schema=core_schema.str_schema(),
            serialization=core_schema.to_string_ser_schema(),
        )


def _to_text(value: object) -> Text:
    if isinstance(value, Text):
        return value
    if isinstance(value, str):
        return Text.of(value)
    from pydantic_core import PydanticCustomError

    raise PydanticCustomError("string_type", "should be a text")


@row
class Loaded:
    """One YAML document: its data, and the nodes that know every place."""

    source: Source
    data: object
    node: yaml.Node | None

    def span_at(self, path: tuple[str | int, ...], *, key: bool = False) -> Span | None:
        """The place of the value (or its key) that `path` leads to.

        Steps that lead nowhere (names of union members, absent keys) are passed over.
        """
        node, key_node = self.node, None
        for step in path:
            if isinstance(node, yaml.MappingNode):
                for candidate_key, candidate in node.value:
                    if candidate_key.value == str(step):
                        node, key_node = candidate, candidate_key
                        break
                else:
                    continue
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node, key_node = node.value[step], None
        shown = key_node if key and key_node is not None else node
        return None if shown is None else _span(self.source, shown)


def plain_scalar(value: str) -> bool | int | Decimal | str | None:
    """What a scalar without quotes means: true or false, nothing, a number, else the very same text."""
    if value in _WORDS:
        return _WORDS[value]
    if value in _NULLS:
        return None
    if value[0] in "0123456789+-":
        if _INTEGER.match(value):
            return int(value)
        if _DECIMAL.match(value):
            return Decimal(value)
    return value


def read_source(path: Path, *, name: str | None = None) -> Source:
    """The file as UTF-8 text (a byte order mark is dropped).

    Raises RuleError when it cannot be read, is too large or is not UTF-8.
    """
    shown = name or str(path)
    return decode(read_bytes(path, name=shown), shown)


def read_bytes(path: Path, *, name: str | None = None) -> bytes:
    """The file's bytes, at most one more than `decode` accepts. Raises RuleError when it cannot be read."""
    try:
        with path.open("rb") as handle:
            return handle.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        help = "check the path and the right to read it"
        raise RuleError(
            [Diagnostic("unreadable", f"cannot read the file: {reason}", where=name or str(path), help=help)]
        ) from error


def decode(raw: bytes, name: str) -> Source:
    """Bytes of a YAML or JSON file as a source, under the same limits as `read_source`."""
    if len(raw) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB"
        raise RuleError([Diagnostic("too-large", message, where=name, help="split it into several files")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"byte {error.start} (line {line}) is not UTF-8"
        help = f"save the file as UTF-8{_as_saved(raw)}"
        raise RuleError([Diagnostic("encoding", message, where=name, help=help)]) from error
    return Source(name, text)


def _as_saved(raw: bytes) -> str:
    """What an editor seems to have saved the file as instead, in brackets; nothing when that is not plain."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return " (it is in UTF-16)"
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    readable = all(char.isprintable() or char in "\r\n\t" for char in text)
    return " (it seems to be in GB18030)" if readable else ""


def read_file(path: Path, *, name: str | None = None, first_only: bool = False) -> list[Loaded]:
    """Every YAML document of a file (or only its first)."""
    return parse(read_source(path, name=name), first_only=first_only)


def parse(source: Source, *, first_only: bool = False) -> list[Loaded]:
    """Every YAML document of `source` (or only its first), as data with places."""
    _refuse_depth(source)
    loaded: list[Loaded] = []
    try:
        loader = _Loader(source.text)
    except (UnicodeEncodeError, yaml.reader.ReaderError) as error:
        message = "the text holds half of a surrogate pair, which is no character"
        raise RuleError([Diagnostic("encoding", message, where=source.name)]) from error
    try:
        while loader.check_node():
            node = loader.get_node()
            loaded.append(Loaded(source, _Converter(source).convert(node, 1), node))
            if first_only:
                break
    except yaml.MarkedYAMLError as error:
        raise RuleError([_syntax(source, error)]) from error
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
        raise RuleError([Diagnostic("yaml", f"the file is not YAML: {problem}", where=source.name)]) from error
    finally:
        loader.dispose()
    return loaded


class _Converter:
    """Nodes to data; counts what aliases multiply and reports every duplicate key."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.left = MAX_NODES
        self.open: set[int] = set()

    def convert(self, node: yaml.Node, depth: int) -> object:
        self.left -= 1
        if self.left < 0:
            self._refuse(
                node,
                "alias-bomb",
                f"the file unfolds to more than {MAX_NODES} values",
                "remove the aliases (`*name`)",
            )
        if type(node) is yaml.ScalarNode:
            return self._scalar(node)
        if depth > MAX_DEPTH:
            self._refuse(node, "too-deep", f"values are nested deeper than {MAX_DEPTH} levels", "use fewer levels")
        if id(node) in self.open:
            self._refuse(node, "alias-loop", "an alias stands inside the value that it names", "remove the alias")
        self.open.add(id(node))
        if node.tag not in _TAGS and not node.tag.endswith((":map", ":seq")):
            self._refuse(node, "tag", f"the YAML tag `{node.tag}` is not accepted", "write the plain value")
        result: object
        if isinstance(node, yaml.SequenceNode):
            result = [self.convert(child, depth + 1) for child in node.value]
        else:
            result = self._mapping(node, depth)
        self.open.discard(id(node))
        return result

    def _mapping(self, node: yaml.Node, depth: int) -> dict[object, object]:
        data: dict[object, object] = {SPAN: _span(self.source, node)}
        seen: dict[object, yaml.Node] = {}
        problems: list[Diagnostic] = []
        for key_node, value_node in node.value:
            if type(key_node) is not yaml.ScalarNode:
                self._refuse(key_node, "key", "a key must be a single word or number", None)
            key = self._scalar(key_node)
            if "\0" in key_node.value:  # such as SPAN
                self._refuse(key_node, "key", "a key must be a single word or number", None)
            if key in seen:
                first = _span(self.source, seen[key])
                problems.append(
                    Diagnostic(
                        "duplicate-key",
                        f"the key `{key_node.value}` stands twice in one mapping",
                        _span(self.source, key_node),
                        help=f"it first stands at line {first.line}; keep one of the two",
                    )
                )
            seen[key] = key_node
            data[key] = self.convert(value_node, depth + 1)
        if problems:
            raise RuleError(problems)
        return data

    def _scalar(self, node: yaml.ScalarNode) -> object:
        value: str = node.value
        if node.tag not in _TAGS:
            self._refuse(node, "tag", f"the YAML tag `{node.tag}` is not accepted", "write the plain value")
        if not node.style:
            meant = plain_scalar(value)
            if meant is not value:
                return meant
        text = Text(value)
        text._source, text._start, text._end = self.source, node.start_mark.index, node.end_mark.index
        return text

    def _refuse(self, node: yaml.Node, code: str, message: str, hint: str | None) -> None:
        raise RuleError([Diagnostic(code, message, _span(self.source, node), help=hint)])


def _span(source: Source, node: yaml.Node) -> Span:
    return Span(source, node.start_mark.index, node.end_mark.index)


def _syntax(source: Source, error: yaml.MarkedYAMLError) -> Diagnostic:
    mark = error.problem_mark or error.context_mark
    problem = (error.problem or error.context or "it cannot be read").rstrip(".")
    hint = next((hint for words, hint in _HINTS if words in problem), "check indentation and quotes up to this place")
    message = f"the file is not YAML: {problem}"
    if mark is None:
        return Diagnostic("yaml", message, where=source.name, help=hint)
    at = min(mark.index, len(source.text))
    return Diagnostic("yaml", message, Span(source, at, at + 1), help=hint)


def _refuse_depth(source: Source) -> None:
    """Refuse nesting that could exhaust the C parser's stack before any node exists."""
    text = source.text
    depth = worst = 0
    if text.count("[") + text.count("{") > MAX_DEPTH:
        for match in re.finditer(r"[\[\]{}]", text):
            depth = depth + 1 if match.group() in "[{" else max(depth - 1, 0)
            if depth > worst:
                worst = depth
                if worst > 4 * MAX_DEPTH:
                    place = Span(source, match.start(), match.end())
                    message = f"values are nested deeper than {MAX_DEPTH} levels"
                    raise RuleError([Diagnostic("too-deep", message, place, "use fewer levels")])
    deep = _DEEP.search(text)
    if deep is not None and _indentation_is_nesting(text):
        place = Span(source, deep.start(), deep.end())
        message = f"values are nested deeper than {MAX_DEPTH} levels"
        raise RuleError([Diagnostic("too-deep", message, place, "use fewer levels")])


def _indentation_is_nesting(text: str) -> bool:
    """Whether more than MAX_DEPTH different indentations, or a long run of `- - -`, stand in the text."""
    if re.search(r"^[ ]*(?:[-?:][ \t]+){30}", text, re.MULTILINE):
        return True
    indents = {len(line) - len(line.lstrip(" ")) for line in text.splitlines()}
    return len(indents) > 4 * MAX_DEPTH
