"""The bytes of a document as text, with the name of the encoding they were in.

In: a path. Out: the text and `utf-8`, `utf-8-sig` or `gb18030`; a `RuleError` for anything else. An encoding
is reported, never guessed in silence: GB18030 is accepted only when what it yields reads as Chinese prose.
"""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Final

from evaluator.diagnostics import Diagnostic, RuleError

_EVERYDAY_SHARE: Final = (3, 4)  # of the characters beyond ASCII; prose lies above 19 in 20
_FOREIGN_BOMS: Final = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
                        (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip


def read_text(path: Path) -> tuple[str, str]:
    """The text in the file `path` and the name of its encoding."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        help = "check the path and the right to read it"
        raise RuleError(
            [Diagnostic("unreadable-file", f"cannot read the file: {reason}", where=str(path), help=help)]
        ) from error
    return decode(data, str(path))


def decode(data: bytes, name: str) -> tuple[str, str]:
    """`data` as text, with the name of its encoding; `name` is told in the diagnostic."""
    for bom, encoding in _FOREIGN_BOMS:
        if data.startswith(bom):
            raise _refused(name, f"the text is in {encoding}")
    if data.startswith(codecs.BOM_UTF8):
        try:
            return data.decode("utf-8-sig"), "utf-8-sig"
        except UnicodeDecodeError as error:
            raise _refused(name, f"the text begins as UTF-8 and breaks at byte {error.start}") from error
    if b"\x00" in data:
        raise _refused(name, f"the text holds a zero byte at byte {data.index(0)}")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        utf8_break = error.start
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise _refused(
            name, f"the text breaks as UTF-8 at byte {utf8_break} and as GB18030 at byte {error.start}"
        ) from error
    if not reads_as_chinese(text):
        raise _refused(name, f"the text breaks as UTF-8 at byte {utf8_break} and is no Chinese as GB18030")
    return text, "gb18030"


def reads_as_chinese(text: str) -> bool:
    """Whether most characters beyond ASCII are everyday ones: other encodings decode to rare ones."""
    beyond = [char for char in text if ord(char) > 0x7F]
    everyday = sum(1 for char in beyond if _is_everyday(char))
    return everyday * _EVERYDAY_SHARE[1] >= len(beyond) * _EVERYDAY_SHARE[0]


def _is_everyday(char: str) -> bool:
    """Chinese punctuation, full-width forms, and the first level of GB 2312 (3,755 characters by use)."""
    if "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uffef" or "\u2010" <= char <= "\u2030":
        return True
    try:
        code = char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and 0xB0 <= code[0] <= 0xD7


def _refused(name: str, message: str) -> RuleError:
    return RuleError([Diagnostic("unknown-encoding", message, help="save the text as UTF-8 or GB18030", where=name)])
