"""Random profiles over the vocabulary of `small`, from one seed: values at the figures of `random_rules`, and gaps.

Each profile has a level of knowledge of its own; what is not given is unknown, a date may be a year or a month, a list
or a register of members may hold more than is given.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.stacking import pools
from tests.agreement.random_rules import World

Data = dict[str, object]
_DAYS: Final = (
    "2022-12-31",
    "2023-01-01",
    "2023-06-01",
    "2024-02-15",
    "2024-03-14",
    "2024-03-15",
    "2024-06-01",
    "2024-06-30",
    "2024-07-01",
    "2024-12-31",
    "2025-06-30",
    "2027-12-31",
    "2028-01-01",
)
_PARTS: Final = ("2023", "2024", "2024-03", "2024-07", "2027-12")
_RATES: Final = (0, 49, 50, "50.1", "89.9", 90, 92, "92.5", 99, 100)
_COUNTS: Final = (0, 0, 1, 2, 3, 4, 5, 10)
_MONEY: Final = (0, 1, "3.5", 4, 10, 300, 301, "0.01")


class Profiles:
    """Draws profiles one after the other."""

    def __init__(self, seed: int, world: World, rulebook: Rulebook) -> None:
        self.choose, self.world, self.vocabulary = random.Random(seed), world, rulebook.vocabulary
        self.awards = [rule.id for rule in rulebook.rules.values() if rule.kind == "incentive"]
        self.pools = [pool.factor.id for tree in rulebook.stackings for pool in pools(tree.tree)]
        self.level = 1.0
        """How likely a fact is given; drawn anew for each profile."""

    def enterprise(self) -> Data:
        """An enterprise, seldom an association, mostly where the policy holds."""
        self.level = self.choose.choice((1.0, 0.97, 0.93, 0.85, 0.7, 0.55, 0.35))
        kind = "association" if self.choose.random() < 0.04 else "enterprise"
        here = self.world.place if "/" in self.world.place else "甲省/乙市"
        below = f"{here}/{'丙县' if here == '甲省/乙市' else '某县'}"
        place = self.choose.choices((here, below, "甲省", "", "庚省/辛市"), (80, 10, 5, 3, 2))[0]
        facts: Data = {
            "项目": self._list(),
            "其他": self._list(),
            "空列": [],
            "缺列": {"complete": False, "items": self._items()},
            "真": self.choose.random() < 0.7,
            "假": self.choose.random() < 0.3,
            "未知": self._bool(),
            "零": self._small(),
            "三": self._small(),
            "某数": self.choose.choice((0, 1, 2, 3, 5, "0.5", 10)),
            "任数": self._small(),
            "投资额": self.choose.choice(_MONEY),
            "核定金额": self.choose.choice(_MONEY),
            "等级": self.choose.choice(("低", "中", "高")),
            "颜色": self.choose.choice(("红", "蓝")),
            "成立日期": self._day(),
            "名称": self.choose.choice(("甲", "乙")),
            "test-2023/in-force": self._bool(),
            "已获奖补": self._payments(),
            **{factor: self.choose.choice((0, 50, "33.3", 100)) for factor in self.pools},
        }
        if kind == "association":
            facts = {"项目": facts["项目"]}
        return {"kind": kind, "jurisdiction": place, "facts": self._kept(facts), "metrics": {}}

    def region(self) -> Data:
        """The region of the world, or one of its members asking for itself, with members of its own."""
        self.level = self.choose.choice((1.0, 0.97, 0.95, 0.9, 0.7, 0.5, 0.3))
        world = self.world
        if world.place == "甲省/乙市" and self.choose.random() < 0.25:
            county = self.choose.choice(("丙县", "丁县", "戊县"))
            return {"kind": "county", "jurisdiction": f"{world.place}/{county}", **self._figures("county")}
        data: Data = {"kind": world.region, "jurisdiction": world.place, **self._figures(world.region)}
        match world.place:
            case "甲省/乙市":
                names: Sequence[str] = ("丙县", "丁县", "戊县")
            case "甲省":
                names = ("乙市", "己市")
            case _:
                names = tuple(f"县{number}" for number in range(self.choose.choice((0, 1, 2, 3))))
        members = [
            {"name": name, "kind": world.member, **self._figures(world.member)} for name in names if self._given()
        ]
        complete = self.choose.random() < 0.8
        data["members"] = members if complete else {"complete": False, "items": members}
        return data

    # ------------------------------------------------------------------ parts

    def _given(self) -> bool:
        return self.choose.random() < self.level

    def _kept(self, data: Data) -> Data:
        return {word: value for word, value in data.items() if self._given()}

    def _bool(self) -> bool:
        return self.choose.random() < 0.5

    def _small(self) -> object:
        return self.choose.choice((-1, 0, 0, 1, 2, 3, 3, 5, "0.5"))

    def _day(self) -> str:
        if self._given():
            return self.choose.choice(_DAYS)
        return self.choose.choice(_PARTS)

    def _items(self) -> list[Data]:
        return [self._item() for _ in range(self.choose.choice((0, 1, 1, 2, 2, 3, 4)))]

    def _list(self) -> object:
        items = self._items()
        if self.choose.random() < (1 - self.level) / 2:
            return {"complete": False, "items": items}
        return items

    def _item(self) -> Data:
        return self._kept(
            {
                "级别": self.choose.choice(("国际", "国家", "行业")),
                "角色": self.choose.choice(("主持", "参与")),
                "日期": self._day(),
                "金额": self.choose.choice(_MONEY),
                "份数": self.choose.choice((0, 1, 2, 3, 5)),
                "增减": self.choose.choice((-1, 0, 1, 2, 3)),
                "通过": self._bool(),
            }
        )

    def _payments(self) -> object:
        """Payments received before, of a few awards."""
        paid = [
            {
                "奖补": self.choose.choice(self.awards),
                "到账日期": self._day(),
                "到账金额": self.choose.choice(_MONEY),
                "支付方": "甲",
            }
            for _ in range(self.choose.choice((0, 1, 2, 4, 8)))
        ]
        return [self._kept(dict(entry)) for entry in paid]

    def _figures(self, kind: str) -> Data:
        """Facts and metrics of one region, and its attested duties."""
        metrics: dict[str, dict[int, object]] = {}
        for metric in self.vocabulary.metrics.values():
            if kind in metric.of:
                given = {year: self._figure(metric.label.zh) for year in range(2021, 2028)}
                metrics[metric.label.zh] = {year: value for year, value in given.items() if self._given()}
        facts: Data = {"已设立": self._bool()} if kind != "province" else {}
        return {"facts": self._kept(facts), "metrics": metrics}

    def attested(self, data: Data, duties: Sequence[str], yearly: Sequence[str]) -> Data:
        """The profile with answers to most of these attested duties, and to yearly ones by year."""
        facts: Data = dict(data["facts"])  # type: ignore[call-overload]  # a mapping, as `region` makes it
        facts |= {duty: self._bool() for duty in duties if self._given()}
        facts |= {duty: {year: self._bool() for year in range(2022, 2028) if self._given()} for duty in yearly}
        return {**data, "facts": facts}

    def _figure(self, metric: str) -> object:
        match metric:
            case "率" | "全省率":
                return self.choose.choice(_RATES)
            case "余额":
                return self.choose.choice((*_MONEY, -100))
            case "等第":
                return self.choose.choice(("低", "中", "高"))
            case "达标":
                return self._bool()
            case _:
                return self.choose.choice(_COUNTS)
