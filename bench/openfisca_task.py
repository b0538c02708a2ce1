"""The task of `bench.awards_task` in OpenFisca-Core, items as an entity: arrays in, 28 arrays out.

Its person is the item and its group the enterprise; choices are its enumerations and dates its dates, as its
documentation has them. It knows no missing fact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, TypeAlias

import numpy
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import DateUnit
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from bench.awards_task import AS_OF, BONUS, FIGURES, JOINED, LED, PILOT, PRIZES, SINCE

Array: TypeAlias = "numpy.ndarray[Any, Any]"
Formula = Callable[[Any, Any], Any]
_PERIOD: Final = "2024"
Sort = Enum("Sort", {word: word for word in ("standard", "prize", "pilot")})
Level = Enum("Level", {word: word for word in ("none", *LED)})
Role = Enum("Role", {word: word for word in ("none", "lead", "join")})
Prize = Enum("Prize", {word: word for word in ("none", *PRIZES)})
_ITEM: Final[dict[str, Any]] = {"sort": Sort, "level": Level, "role": Role, "prize": Prize, "passed": bool, "day": date}
"""What is known of an item, of whichever list."""
_MONEY: Final = ("led", "joined", "several", *PRIZES, "pilots")
OUTPUTS: Final = (*_MONEY, "met", *(f"t{index}" for index in range(len(FIGURES))))


def _in_time(item: Any, period: Any) -> Any:
    day = item("day", period)
    return (day >= numpy.datetime64(SINCE)) & (day <= numpy.datetime64(AS_OF))


def _sum(of_item: Formula) -> Formula:
    return lambda enterprise, period: enterprise.sum(of_item(enterprise.members, period))


def _paid(test: Formula, amount: Formula) -> Formula:
    return lambda item, period: test(item, period) * _in_time(item, period) * amount(item, period)


def _by_level(amounts: Mapping[str, int]) -> Formula:
    def amount(item: Any, period: Any) -> Any:
        level = item("level", period)
        return numpy.select([level == Level[word] for word in amounts], list(amounts.values()), 0)

    return amount


def _of_role(role: Any) -> Formula:
    return lambda item, period: (item("sort", period) == Sort["standard"]) & (item("role", period) == role)


def _of_prize(prize: Any) -> Formula:
    return lambda item, period: (item("sort", period) == Sort["prize"]) & (item("prize", period) == prize)


def _flat(yuan: int) -> Formula:
    return lambda _item, _period: yuan


def _formulas() -> dict[str, Formula]:
    lead = _of_role(Role["lead"])
    count = _sum(_paid(lead, _flat(1)))
    found = {
        "led": _sum(_paid(lead, _by_level(LED))),
        "joined": _sum(_paid(_of_role(Role["join"]), _by_level(JOINED))),
        "several": lambda enterprise, period: (count(enterprise, period) >= 3) * BONUS,
        "pilots": _sum(_paid(lambda item, period: item("passed", period), _flat(PILOT))),
        "met": lambda enterprise, period: enterprise("system", period),
    }
    for prize, yuan in PRIZES.items():
        found[prize] = _sum(_paid(_of_prize(Prize[prize]), _flat(yuan)))
    for index, figure in enumerate(FIGURES):
        found[f"t{index}"] = _reaches(f"f{index}", figure)
    return found


def _reaches(name: str, figure: int) -> Formula:
    return lambda enterprise, period: enterprise(name, period) >= figure


def make_system() -> TaxBenefitSystem:
    """The entities, inputs and formulas of the task."""
    item = build_entity(key="item", plural="items", label="", is_person=True)
    role = {"key": "of", "plural": "all_of", "label": ""}
    enterprise = build_entity(key="enterprise", plural="enterprises", label="", roles=[role])
    system = TaxBenefitSystem([item, enterprise])
    formulas = _formulas()
    inputs = {"system": bool} | {f"f{index}": int for index in range(len(FIGURES))}
    for name, kind in _ITEM.items():
        system.add_variable(_variable(name, kind, item, None))
    for name, kind in inputs.items():
        system.add_variable(_variable(name, kind, enterprise, None))
    for name, formula in formulas.items():
        system.add_variable(_variable(name, int if name in _MONEY else bool, enterprise, formula))
    return system


def _variable(name: str, kind: Any, entity: Any, formula: Formula | None) -> Any:
    said: dict[str, object] = {"value_type": kind, "entity": entity, "definition_period": DateUnit.YEAR, "label": name}
    if issubclass(kind, Enum):
        said |= {"value_type": Enum, "possible_values": kind, "default_value": next(iter(kind))}
    if formula is not None:

        def applied(population: Any, period: Any) -> Any:
            return formula(population, period)

        said["formula"] = applied
    return type(name, (Variable,), said)


def calculate(
    system: TaxBenefitSystem, enterprises: Mapping[str, Array], items: Mapping[str, Array], whose: Array
) -> dict[str, Array]:
    """All outputs of all enterprises; `whose` is the enterprise of each item, counted from 0."""
    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("item", numpy.arange(len(whose)))
    group = builder.declare_entity("enterprise", numpy.arange(len(enterprises["system"])))
    group.members_entity_id = whose
    group.members_role = numpy.repeat(group.entity.flattened_roles[0], len(whose))
    simulation = builder.build(system)
    for name, values in (*enterprises.items(), *items.items()):
        texts = values.dtype == object  # as DuckDB gives them, where enumerations are taken from arrays of text
        simulation.set_input(name, _PERIOD, values.astype(str) if texts else values)
    return {name: simulation.calculate(name, _PERIOD) for name in OUTPUTS}
