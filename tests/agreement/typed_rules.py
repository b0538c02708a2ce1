"""Random conditions and amounts over the vocabulary of `small`, well typed, for every engine to agree on."""

from __future__ import annotations

from hypothesis import strategies as st

_LISTS = st.sampled_from(("项目", "其他"))
_ADDED = st.sampled_from(("份数", "增减"))
_CONSTANTS = ("0", "1", "2", "3", "5", "-1", "0.5")


def _join(form: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda texts: form.format(*texts))


def _filter(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.just("") | inside.map(lambda text: f"[{text}]")


def numbers(depth: int, *, item: bool = False) -> st.SearchStrategy[str]:
    """A bare number; `item`: the fields of an entry can be named."""
    leaves = st.sampled_from(
        ("零", "三", "某数", "任数", "(三 / 零)", *_CONSTANTS, *(("份数", "增减", "(1 / 增减)") if item else ()))
    )
    if depth == 0:
        return leaves
    below = numbers(depth - 1, item=item)
    options = [
        leaves,
        _join("({} {} {})", below, st.sampled_from("+-*/"), below),
        _join("{}({}, {})", st.sampled_from(("min", "max")), below, below),
        _join("{}({})", st.sampled_from(("abs", "floor", "ceiling")), below),
        _join("(if {} then {} else {})", conditions(depth - 1, item=item), below, below),
    ]
    if not item:
        inside = _filter(conditions(depth - 1, item=True))
        options += [
            _join("count({}{})", _LISTS, inside),
            _join("{}({}{}.{})", st.sampled_from(("sum", "min", "max")), _LISTS, inside, _ADDED),
            _join(
                "{}(for x in {}{} return {})", st.sampled_from(("sum", "max")), _LISTS, inside, numbers(1, item=True)
            ),
        ]
    return st.one_of(options)


def conditions(depth: int, *, item: bool = False) -> st.SearchStrategy[str]:
    """A condition in FEEL."""
    fields = (
        "通过",
        '级别 = "国际"',
        '级别 in ("国际", "国家")',
        '角色 != "主持"',
        '日期 > date("2024-03-15")',
        "1 / 增减 > 0",
    )
    facts = (
        "真",
        "假",
        "未知",
        "1 / 零 > 0",
        '等级 >= "中"',
        '颜色 = "红"',
        '成立日期 + duration("P1M") <= date("2024-07-01")',
    )
    leaves = st.sampled_from((*facts, *fields) if item else facts)
    compared = _join(
        "{} {} {}",
        numbers(max(depth - 1, 0), item=item),
        st.sampled_from((">=", ">", "<", "<=", "=", "!=")),
        numbers(max(depth - 1, 0), item=item),
    )
    if depth == 0:
        return leaves | compared
    below = conditions(depth - 1, item=item)
    options = [
        leaves,
        compared,
        _join("({} {} {})", below, st.sampled_from(("and", "or")), below),
        _join("not({})", below),
        _join("(if {} then {} else {})", below, below, below),
        _join("({}) = ({})", below, below),
        _join('(if {} then "红" else 颜色) = "红"', below),
        _join('(if {} then 等级 else "高") {} "中"', below, st.sampled_from((">=", "<"))),
    ]
    if not item:
        inside = conditions(depth - 1, item=True)
        options.append(
            _join("({} x in {}{} satisfies {})", st.sampled_from(("some", "every")), _LISTS, _filter(inside), inside)
        )
    return st.one_of(options)


def _yaml(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def money(depth: int) -> st.SearchStrategy[str]:
    """An amount of money in FEEL."""
    return st.sampled_from(("10万元", "投资额", "核定金额", "5% * 投资额")) | _join("({}) * 1万元", numbers(depth))


_BRACKETS = (
    "{{brackets: {{base: {}, on: slice, rates: [{{over: 0万元, rate: 1%}}, {{over: 3万元, rate: 2%}}], cap: {}}}}}"
)
_STEPS = "{{steps: {{base: {}, every: {}, amount: {}, count: {}}}}}"


def amounts(depth: int) -> st.SearchStrategy[str]:
    """An amount of any form, as YAML."""
    paid = money(depth).map(_yaml)
    test = st.sampled_from(("> 1", "[0..3]", "2", "<= 1", "-", "not(5)")).map(_yaml)
    hue = st.sampled_from(('"红"', '"蓝"', "-")).map(_yaml)
    row = _join("{{if: [{}, {}], then: {}}}", hue, test, paid)
    rows = st.lists(row, min_size=1, max_size=3).map(", ".join)
    key = numbers(1).map(_yaml)
    hits = st.sampled_from(("A", "C+", "C<", "C>"))
    return st.one_of(
        paid,
        _join("{{table: {{by: [颜色, {}], hit: {}, rows: [{}]}}}}", key, hits, rows),
        _join("{{up_to: {}, decided: 核定金额}}", paid),
        _join("{{between: [{}, {}], decided: 核定金额}}", paid, paid),
        _join("{{between: [{}, {}]}}", paid, paid),
        _join("{{rate: 5%, base: {}, cap: {}, floor: 1万元}}", paid, paid),
        _join(_BRACKETS, paid, paid),
        _join(_STEPS, key, key, paid, st.sampled_from(("whole", "pro-rata"))),
        _join("{{steps: {{base: {}, every: '2', over: '1', amount: 1万元, count: whole, cap: {}}}}}", key, paid),
    )


def rule_files(depth: int = 2) -> st.SearchStrategy[str]:
    """The text of a rule file: supports, incentives over a profile and over items, and a tree that joins them."""
    tree = st.sampled_from(
        (
            "highest_of: [x0, x1, y0]",
            "silent: [x0, y0]",
            "sum: {of: [x0, x1, y0], cap: 15万元}",
            "highest_of: [{sum: {of: [x0, y0], cap: 12万元}}, {silent: [x1]}]",
        )
    )
    scope = st.sampled_from(("entity", "item", "period"))
    return st.builds(
        _file,
        st.lists(conditions(depth), min_size=4, max_size=4),
        st.lists(st.tuples(conditions(1), amounts(depth - 1)), min_size=2, max_size=2),
        st.tuples(conditions(1, item=True), amounts(1)),
        tree,
        scope,
    )


def _file(whens: list[str], plain: list[tuple[str, str]], item: tuple[str, str], tree: str, scope: str) -> str:
    lines = ["supports:"]
    for index, when in enumerate(whens):
        lines += [f"  - id: s{index}", f"    when: {_yaml(when)}"]
    lines.append("incentives:")
    for index, (when, amount) in enumerate(plain):
        lines += [f"  - id: x{index}", "    judged_by: 成立日期", f"    when: {_yaml(when)}", f"    amount: {amount}"]
    lines += [
        "  - id: y0",
        "    each: 项目",
        "    judged_by: 日期",
        f"    when: {_yaml(item[0])}",
        f"    amount: {item[1]}",
    ]
    lines += ["stacking:", "  - id: tree", f"    scope: {scope}", f"    {tree}"]
    return "\n".join(lines)
