from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from evaluator.audit.encoding import decode, read_text
from evaluator.diagnostics import RuleError

PROSE = "市政府关于质量强市的决定，到2020年合格率达到95%以上。"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (PROSE.encode(), "utf-8"),
        (codecs.BOM_UTF8 + PROSE.encode(), "utf-8-sig"),
        (PROSE.encode("gb18030"), "gb18030"),
        (b"plain", "utf-8"),
    ],
)
def test_encoding_is_told(data: bytes, encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes(data)
    text, found = read_text(file)
    assert found == encoding
    assert text in (PROSE, "plain")


@pytest.mark.parametrize(
    "data",
    [
        PROSE.encode("utf-16"),
        PROSE.encode("utf-32"),
        PROSE.encode("utf-16-le"),
        "市政府關於質量強市的決定，到2020年合格率達到95%以上。".encode("big5"),
        "Qualität für Österreich, überall geprüft".encode("latin-1"),
        codecs.BOM_UTF8 + b"\xff\xfe",
        b"\x80\x81\xff",
    ],
)
def test_other_encodings_are_refused(data: bytes) -> None:
    with pytest.raises(RuleError) as caught:
        decode(data, "text.txt")
    assert [item.code for item in caught.value.diagnostics] == ["unknown-encoding"]


def test_missing_file_is_a_diagnostic(tmp_path: Path) -> None:
    with pytest.raises(RuleError):
        read_text(tmp_path / "none.txt")
