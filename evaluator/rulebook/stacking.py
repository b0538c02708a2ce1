"""Stacking documents to typed trees over awards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from evaluator.diagnostics import did_you_mean
from evaluator.rulebook import ir, model, rule_files
from evaluator.rulebook.history import sum_paid
from evaluator.rulebook.reader import Reader, citations, name, readings
from evaluator.rulebook.scope import Scope
from evaluator.rulebook.vocabulary import DATE, RATIO, Fact, Name
from evaluator.rulebook.yamlfile import Text

FORMS = ("highest_of", "choose_one", "first_of", "top_up", "silent", "sum", "net", "within", "pool")
_SIZE = {"item": 0, "period": 1, "entity": 2}


def pools(tree: model.Stack) -> Iterator[model.Pool]:
    """Every pool of a tree."""
    if isinstance(tree, model.Pool):
        yield tree
    if not isinstance(tree, model.Leaf):
        for member in tree.members:
            yield from pools(member)


def leaves(tree: model.Stack) -> tuple[str, ...]:
    """The rule ids of a tree, in order."""
    if isinstance(tree, model.Leaf):
        return (tree.rule,)
    return tuple(rule for member in tree.members for rule in leaves(member))


def read_stackings(
    docs: Iterable[tuple[model.Policy, rule_files.StackingDocument]],
    rules: Mapping[str, model.AnyRule],
    declared: Collection[str],
    reader: Reader,
) -> tuple[model.Stacking, ...]:
    """Every tree that is right; an award may stand in one tree only.

    `declared` are the ids of all incentives of the files, also of those that have problems of their own.
    """
    stackings: list[model.Stacking] = []
    owner: dict[str, str] = {}
    for policy, doc in docs:
        tree = _Tree(policy, rules, declared, reader, owner, doc).read()
        if any(other.id == f"{policy.id}/{doc.id}" for other in stackings):
            reader.problem("duplicate-id", f"there are two stackings `{doc.id}`", doc.id.span)
        if tree is not None:
            stackings.append(
                model.Stacking(
                    id=f"{policy.id}/{doc.id}",
                    policy=policy,
                    title=name(doc.title),
                    cite=citations(doc.cite),
                    scope=doc.scope,
                    tree=tree,
                    readings=readings(doc.readings),
                    span=doc.place,
                )
            )
    return tuple(stackings)


class _Tree:
    def __init__(
        self,
        policy: model.Policy,
        rules: Mapping[str, model.AnyRule],
        declared: Collection[str],
        reader: Reader,
        owner: dict[str, str],
        doc: rule_files.StackingDocument,
    ) -> None:
        self.policy, self.rules, self.declared = policy, rules, declared
        self.reader, self.owner, self.doc = reader, owner, doc
        self.kinds: list[tuple[str, ...]] = []

    def read(self) -> model.Stack | None:
        return self.node(self.doc, self.doc.scope)

    def node(self, doc: rule_files.StackNode, scope: str) -> model.Stack | None:
        given = [form for form in FORMS if getattr(doc, form) is not None]
        if len(given) != 1:
            message = "a node has exactly one of " + ", ".join(f"`{form}`" for form in FORMS)
            self.reader.problem("stacking", message, doc.place)
            return None
        if doc.highest_of is not None:
            return self._many(model.HighestOf, doc.highest_of, doc, scope)
        if doc.choose_one is not None:
            return self._many(model.ChooseOne, doc.choose_one, doc, scope)
        if doc.first_of is not None:
            return self._many(model.FirstOf, doc.first_of, doc, scope)
        if doc.silent is not None:
            return self._many(model.Silent, doc.silent, doc, scope)
        if doc.top_up is not None:
            return self._top_up(doc.top_up, doc, scope)
        if doc.within is not None:
            return self._within(doc.within, scope)
        if doc.pool is not None:
            return self._pool(doc.pool, scope)
        if doc.net is not None:
            members, minus = self.members(doc.net.of, doc, scope), self._money(doc.net.minus)
            return None if members is None or minus is None else model.Net(members=members, minus=minus)
        assert doc.sum is not None
        members, cap = self.members(doc.sum.of, doc, scope), self._money(doc.sum.cap)
        return None if members is None or cap is None else model.SumCap(members=members, cap=cap)

    def _many(
        self,
        form: type[model.HighestOf | model.ChooseOne | model.FirstOf | model.Silent],
        docs: tuple[rule_files.StackMember, ...],
        doc: rule_files.StackNode,
        scope: str,
    ) -> model.Stack | None:
        members = self.members(docs, doc, scope)
        return None if members is None else form(members=members)

    def _top_up(
        self, docs: tuple[rule_files.StackMember, ...], doc: rule_files.StackNode, scope: str
    ) -> model.Stack | None:
        """The largest of the members, less what was paid for any of them before."""
        if scope != "entity":
            message = "payments received are known of the whole profile, not of an item or a year"
            self.reader.problem("stacking", message, doc.place, "a `top_up` stands where the scope is `entity`")
        members = self.members(docs, doc, scope)
        if members is None:
            return None
        awards = [rule for member in members for rule in leaves(member)]
        minus = sum_paid(self.reader.vocabulary.facts["payments"], awards)
        return model.Net(members=(model.HighestOf(members=members),), minus=minus)

    def _within(self, doc: rule_files.Scoped, scope: str) -> model.Stack | None:
        if _SIZE[doc.scope] >= _SIZE[scope]:
            message = f"`within` combines within something smaller than the `{scope}` around it"
            self.reader.problem("stacking", message, doc.place)
        members = self.members(doc.of, doc, doc.scope)
        return None if members is None else model.Scoped(members=members, scope=doc.scope)

    def _pool(self, doc: rule_files.Pool, scope: str) -> model.Stack | None:
        if scope != "entity" or self.doc.pool is not doc:
            help = "give the pool a stacking of its own, with `scope: entity`"
            self.reader.problem("stacking", "a budget is shared last, at the root of its tree", doc.place, help)
        members, budget = self.members(doc.of, doc, scope), self._money(doc.budget)
        order: ir.Expr | None = None
        if isinstance(doc.exceeded, rule_files.PoolOrder):
            order = self.reader.expression(doc.exceeded.by, self._scope(), DATE)
        if budget is not None and (not isinstance(budget, ir.Constant) or isinstance(budget.value, str)):
            self.reader.problem("stacking", "a budget is a constant", doc.budget.span)
            return None
        if members is None or budget is None or (isinstance(doc.exceeded, rule_files.PoolOrder) and order is None):
            return None
        assert isinstance(budget, ir.Constant)
        assert not isinstance(budget.value, str)
        title = self.doc.title
        factor = Fact(
            id=f"{self.policy.id}/{self.doc.id}",
            label=Name(zh=f"{title.zh}的兑现比例", en=f"share that is paid out: {title.en}"),
            type=RATIO,
            low=0,
            high=1,
            question=Name(
                zh=f"“{title.zh}”按预算兑现的比例是多少？", en=f"Which share of “{title.en}” does the budget allow?"
            ),
            of=tuple(self.reader.vocabulary.kinds),
            decision=True,
            attested=True,
        )
        return model.Pool(members=members, budget=budget.value, order=order, factor=factor)

    def _scope(self) -> Scope:
        """The facts that all members' profiles have."""
        kinds = tuple(dict.fromkeys(kind for kinds in self.kinds for kind in kinds))
        awards = dict.fromkeys(self.declared)
        return Scope(self.reader.vocabulary, kinds, awards=awards, policy=self.policy.id, day=ir.AsOf())

    def _money(self, text: Text) -> ir.Expr | None:
        return self.reader.money(text, self._scope())

    def members(
        self,
        docs: tuple[rule_files.StackMember, ...],
        owner: rule_files.StackNode | rule_files.Scoped | rule_files.Pool,
        scope: str,
    ) -> tuple[model.Stack, ...] | None:
        if len(docs) < 1:
            self.reader.problem("stacking", "a node without members combines nothing", owner.place)
            return None
        found = [self.leaf(doc) if isinstance(doc, Text) else self.node(doc, scope) for doc in docs]
        return None if any(entry is None for entry in found) else tuple(entry for entry in found if entry is not None)

    def leaf(self, word: Text) -> model.Stack | None:
        id = str(word) if "/" in word else f"{self.policy.id}/{word}"
        rule = self.rules.get(id)
        if rule is None and id in self.declared:
            return None
        if not isinstance(rule, model.Award) or rule.amount is None:
            awards = [key.rpartition("/")[2] for key, entry in self.rules.items() if entry.kind == "incentive"]
            self.reader.problem(
                "unknown-award", f"there is no incentive `{word}`", word.span, did_you_mean(word, awards)
            )
            return None
        if id in self.owner:
            message = f"`{word}` already stands in the stacking `{self.owner[id]}`"
            self.reader.problem("stacking", message, word.span, "an award stands in one tree, once")
            return None
        self.owner[id] = str(self.doc.id)
        self.kinds.append(rule.kinds)
        return model.Leaf(rule=id)
