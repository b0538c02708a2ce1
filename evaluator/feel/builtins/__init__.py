"""The built-in functions of DMN 1.5, by theme; `BUILTINS` is the table of them all.

Each theme module holds plain functions and a table `FUNCTIONS` of their overloads; `signature` reads the table and
calls the overload that the arguments fit.
"""

from __future__ import annotations

from evaluator.feel.builtins import contexts, conversion, dates, lists, numeric, ranges, strings
from evaluator.feel.builtins.signature import function_value
from evaluator.feel.values import FunctionValue

BUILTINS: dict[str, FunctionValue] = {
    name: function_value(name, overloads)
    for module in (conversion, numeric, strings, lists, contexts, dates, ranges)
    for name, overloads in module.FUNCTIONS.items()
}
