"""The task of `bench.awards_task` in OpenFisca-Core, items as an entity: arrays in, 28 arrays out.

Its person is the item and its group the enterprise. Levels, roles and prizes are small numbers and dates are days, so
that nothing is decoded while its time is taken. It knows no missing fact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import numpy
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from bench.awards_task import AS_OF, BONUS, FIGURES, JOINED, LED, PILOT, PRIZES, SINCE

Array: TypeAlias = "numpy.ndarray[Any, Any]"
Formula = Callable[[Any, Any], Any]
_PERIOD: Final = "2024"
ITEM_INPUTS: Final = ("sort", "choice", "leads", "passed", "day")
"""0 for a standard, 1 a prize, 2 a pilot; which level or prize; led; passed; its day."""
_MONEY: Final = ("led", "joined", "several", *PRIZES, "pilots")
OUTPUTS: Final = (*_MONEY, "met", *(f"t{index}" for index in range(len(FIGURES))))


def _in_time(item: Any, period: Any) -> Any:
    day = item("day", period)
    return (day >= SINCE.toordinal()) & (day <= AS_OF.toordinal())


def _sum(of_item: Formula) -> Formula:
    return lambda enterprise, period: enterprise.sum(of_item(enterprise.members, period))


def _paid(sort: int, test: Formula, amounts: tuple[int, ...]) -> Formula:
    table = numpy.array(amounts)

    def of_item(item: Any, period: Any) -> Any:
        there = (item("sort", period) == sort) & test(item, period) & _in_time(item, period)
        return there * table[item("choice", period)]

    return of_item


def _formulas() -> dict[str, Formula]:
    def leads(item: Any, period: Any) -> Any:
        return item("leads", period)

    def takes_part(item: Any, period: Any) -> Any:
        return ~item("leads", period)

    def passed(item: Any, period: Any) -> Any:
        return item("passed", period)

    count = _sum(_paid(0, leads, (1, 1, 1)))
    found = {
        "led": _sum(_paid(0, leads, tuple(LED.values()))),
        "joined": _sum(_paid(0, takes_part, tuple(JOINED.get(level, 0) for level in LED))),
        "several": lambda enterprise, period: (count(enterprise, period) >= 3) * BONUS,
        "pilots": _sum(_paid(2, passed, (PILOT, PILOT, PILOT))),
        "met": lambda enterprise, period: enterprise("system", period),
    }
    for at, (prize, yuan) in enumerate(PRIZES.items()):
        amounts = tuple(yuan if other == at else 0 for other in range(len(PRIZES)))
        found[prize] = _sum(_paid(1, lambda item, period: item("sort", period) == 1, amounts))
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
    item_type = dict.fromkeys(ITEM_INPUTS, int) | {"leads": bool, "passed": bool}
    inputs = {"system": bool} | {f"f{index}": int for index in range(len(FIGURES))}
    for name, kind in item_type.items():
        system.add_variable(_variable(name, kind, item, None))
    for name, kind in inputs.items():
        system.add_variable(_variable(name, kind, enterprise, None))
    for name, formula in formulas.items():
        system.add_variable(_variable(name, int if name in _MONEY else bool, enterprise, formula))
    return system


def _variable(name: str, kind: type, entity: Any, formula: Formula | None) -> Any:
    said: dict[str, object] = {"value_type": kind, "entity": entity, "definition_period": DateUnit.YEAR, "label": name}
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
        simulation.set_input(name, _PERIOD, values)
    return {name: simulation.calculate(name, _PERIOD) for name in OUTPUTS}
