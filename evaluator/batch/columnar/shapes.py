"""What the columns of a typed table hold, whichever engine describes them.

In: the types of DuckDB or the schema of Spark. Out: a `Shape`, which knows only what reading a cell depends on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from evaluator.record import record

if TYPE_CHECKING:
    from duckdb.sqltypes import DuckDBPyType
    from pyspark.sql.types import DataType

ShapeName: TypeAlias = Literal[
    "bool", "int", "decimal", "binary", "text", "date", "moment", "list", "struct", "other"
]  # fmt: skip
"""`binary`: a number of double precision; `moment`: date and time of day; `other`: what no fact can hold."""


@record
class Shape:
    """The type of a column; `parts` are the fields of a struct, or what a list holds under the name ``."""

    name: ShapeName
    parts: tuple[tuple[str, Shape], ...] = ()
    scale: int = 0

    @property
    def element(self) -> Shape:
        """What a list holds."""
        return self.parts[0][1]


# a number of single precision is no shape: as a double it has other digits
_DUCKDB: Final[dict[str, ShapeName]] = {
    "boolean": "bool",
    "tinyint": "int", "smallint": "int", "integer": "int", "bigint": "int", "hugeint": "int",
    "utinyint": "int", "usmallint": "int", "uinteger": "int", "ubigint": "int", "uhugeint": "int",
    "double": "binary",
    "varchar": "text", "enum": "text",
    "date": "date",
    "timestamp": "moment", "timestamp_s": "moment", "timestamp_ms": "moment", "timestamp_ns": "moment",
}  # fmt: skip


def of_duckdb(type_: DuckDBPyType) -> Shape:
    """The shape of a column of DuckDB."""
    match type_.id:
        case "list" | "struct" as name:
            return Shape(name=name, parts=tuple(_parts(type_)))
        case "decimal":
            scale = dict(type_.children)["scale"]
            return Shape(name="decimal", scale=scale if isinstance(scale, int) else 0)
        case id_:
            return Shape(name=_DUCKDB.get(id_, "other"))


def _parts(type_: DuckDBPyType) -> Iterator[tuple[str, Shape]]:
    for name, part in type_.children:
        if not isinstance(part, int | list):  # which are what other types are described by
            yield ("" if type_.id == "list" else name), of_duckdb(part)


_SPARK: Final[dict[str, ShapeName]] = {
    "boolean": "bool",
    "byte": "int", "short": "int", "integer": "int", "long": "int",
    "double": "binary",
    "string": "text",
    "date": "date",
    "timestamp_ntz": "moment",
}  # fmt: skip


def of_spark(type_: DataType) -> Shape:
    """The shape of a column of Spark."""
    from pyspark.sql.types import ArrayType, DecimalType, StructType

    match type_:
        case ArrayType():
            return Shape(name="list", parts=(("", of_spark(type_.elementType)),))
        case StructType():
            return Shape(name="struct", parts=tuple((part.name, of_spark(part.dataType)) for part in type_.fields))
        case DecimalType():
            return Shape(name="decimal", scale=type_.scale)
        case _:
            return Shape(name=_SPARK.get(type_.typeName(), "other"))
