"""Profiles a second, one at a time in process: the compiled engine against the fastest path of a rules engine.

The rules engine is `zen-engine` (GoRules), an extra of the bench. Its path is the fastest of those that its package
offers for one profile at a time: a decision graph loaded once, of tables and expressions or of expressions alone, and
without any graph one compiled expression of all outputs; each given a dict or JSON. All of them answer alike first.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol, TypeVar, cast

import evaluator
from bench.awards_task import AS_OF, Data, by_hand, expressions, flat, graph, profiles, write_rules
from bench.timing import PROCESSOR, Result, decimal, interleaved

SEED: Final = 20250630
NUMBER: Final = 400
ROUNDS: Final = 9
BOUND: Final = Fraction(2)
T = TypeVar("T")


class _Evaluates(Protocol):
    def evaluate(self, context: object) -> object: ...


def measure() -> list[Result]:
    """The ratio of the two rates; nothing where the rules engine is not installed."""
    try:
        engine = import_module("zen")
    except ModuleNotFoundError:
        print("not measured: the compiled engine, for want of zen-engine; install it by `pip install -e '.[bench]'`")
        return []
    with tempfile.TemporaryDirectory() as folder:
        rulebook = evaluator.load(write_rules(Path(folder) / "rules"))
    given = profiles(NUMBER, SEED)
    ready = [evaluator.make_profile(data, rulebook) for data in given]
    plain = [flat(data) for data in given]
    texts = [json.dumps(data) for data in plain]
    compiled = evaluator.compile(rulebook, as_of=AS_OF)
    expected = [by_hand(data) for data in plain]
    assert [outputs(compiled(profile)) for profile in ready] == expected
    names = ["compiled", "compiled with totals", "plain Python", "one expression, dict", "one expression, JSON"]
    works = [
        _all(compiled, ready),
        _all(lambda profile: compiled(profile).totals, ready),
        _all(by_hand, plain),
    ]
    paths: list[tuple[_Evaluates, Sequence[object]]] = []
    whole = "{" + ", ".join(f"{word}: {text}" for word, text in expressions().items()) + "}"
    paths += [(engine.compile_expression(whole), plain), (engine.compile_expression(whole), texts)]
    for tables in (True, False):
        decision = engine.ZenEngine().create_decision(engine.ZenDecisionContent(graph(tables=tables)))
        paths += [(decision, plain), (decision, texts)]
        what = "tables" if tables else "expressions"
        names += [f"graph of {what}, dict", f"graph of {what}, JSON"]
    for path, contexts in paths:
        assert [_only(path.evaluate(context), expected[0]) for context in contexts] == expected
        works.append(_all(path.evaluate, contexts))
    times = dict(zip(names, interleaved(works, ROUNDS, PROCESSOR), strict=True))
    fastest = min(names[3:], key=times.__getitem__)
    items = sum(len(cast("list[object]", data[word])) for data in plain for word in ("standards", "prizes", "pilots"))
    graphs = [name for name in names if name.startswith("graph")]
    shown = [*names[:3], fastest, min(graphs, key=times.__getitem__)]
    rates = ", ".join(f"{name} {_rate(times[name])}" for name in dict.fromkeys(shown))
    task = f"{len(expected[0])} outputs, {decimal(Fraction(items, NUMBER), 1)} items a profile"
    return [
        Result(
            name="compiled engine against zen-engine's fastest path",
            value=Fraction(times[fastest], times["compiled"]),
            bound=BOUND,
            unit=" x",
            least=True,
            detail=f"profiles/s: {rates}; {task}, {NUMBER} profiles of seed {SEED}, medians of {ROUNDS}",
        )
    ]


def outputs(briefs: evaluator.Briefs) -> Data:
    """The findings in the words of the task: yuan of an award, whether a duty or target is met."""
    found: Data = {}
    for brief in briefs.findings:
        met = brief.outcome is evaluator.Outcome.SATISFIED
        found[brief.finding.partition("/")[2].partition("#")[0]] = met if brief.stated is None else brief.guaranteed
    return found


def _only(answer: object, wanted: Data) -> Data:
    """The outputs of an answer, without what a graph passes through."""
    result = cast(Data, answer)
    result = cast(Data, result.get("result", result))
    return {word: result[word] for word in wanted}


def _all(function: Callable[[T], object], profiles: Sequence[T]) -> Callable[[], None]:
    def work() -> None:
        for profile in profiles:
            function(profile)

    return work


def _rate(nanoseconds: int) -> str:
    return decimal(Fraction(NUMBER * 1_000_000_000, nanoseconds), 0)
