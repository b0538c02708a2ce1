"""Stacking documents to typed trees over awards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from evaluator.diagnostics import did_you_mean
from evaluator.record import row
from evaluator.rulebook import ir, model, rule_files
from evaluator.rulebook.history import sum_paid
from evaluator.rulebook.payment import read_payers, read_recipients
from evaluator.rulebook.reader import Reader, citations, name, readings
from evaluator.rulebook.scope import Scope, Term
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


@row
class Stackings:
    """The trees of a rulebook, and which of them each tree stands in that is a member of another (by their ids)."""

    roots: tuple[model.Stacking, ...]
    inside: Mapping[str, str]


def read_stackings(
    docs: Iterable[tuple[model.Policy, rule_files.StackingDocument]],
    rules: Mapping[str, model.AnyRule],
    declared: Collection[str],
    terms: Mapping[str, Mapping[str, Term]],
    reader: Reader,
) -> Stackings:
    """Every tree that is right; an award, and a tree that is a member of another, stands in one tree only.

    `declared` are the ids of all incentives of the files, also of those that have problems of their own; `terms` what
    each policy defines.
    """
    forest = _Forest(docs, rules, declared, terms, reader)
    roots: list[model.Stacking] = []
    for id, (policy, doc) in forest.docs.items():
        tree = forest.tree(id)
        if tree is not None and id not in forest.inside:
            roots.append(
                model.Stacking(
                    id=id,
                    policy=policy,
                    title=name(doc.title),
                    cite=citations(doc.cite),
                    scope=doc.scope,
                    tree=tree,
                    readings=readings(doc.readings),
                    payers=forest.parts[id][0],
                    recipients=forest.parts[id][1],
                    span=doc.place,
                )
            )
    inside = {id: forest.root(id) for id in forest.inside}
    whole = [
        replace(stacking, holds=tuple(id for id, root in inside.items() if root == stacking.id))
        for stacking in roots
        if stacking.id not in inside
    ]
    return Stackings(tuple(whole), inside)


class _Forest:
    """All trees, each read once; `inside` tells in which other one a tree is a member."""

    def __init__(
        self,
        docs: Iterable[tuple[model.Policy, rule_files.StackingDocument]],
        rules: Mapping[str, model.AnyRule],
        declared: Collection[str],
        terms: Mapping[str, Mapping[str, Term]],
        reader: Reader,
    ) -> None:
        self.rules, self.declared, self.terms, self.reader = rules, declared, terms, reader
        self.owner: dict[str, str] = {}
        self.inside: dict[str, str] = {}
        self.read: dict[str, model.Stack | None] = {}
        self.kinds: dict[str, list[tuple[str, ...]]] = {}
        self.parts: dict[str, tuple[tuple[model.Part, ...], tuple[model.Part, ...]]] = {}
        self.docs: dict[str, tuple[model.Policy, rule_files.StackingDocument]] = {}
        for policy, doc in docs:
            id = f"{policy.id}/{doc.id}"
            if id in self.docs:
                reader.problem("duplicate-id", f"there are two stackings `{doc.id}`", doc.id.span)
            self.docs[id] = (policy, doc)

    def tree(self, id: str) -> model.Stack | None:
        """The tree of that id, or None when something in it is wrong."""
        if id not in self.read:
            policy, doc = self.docs[id]
            self.read[id] = None  # while it is read it cannot be a member of itself
            work = _Tree(policy, self, doc)
            self.read[id] = work.read()
            self.kinds[id] = work.kinds
            self.parts[id] = work.parts()
        return self.read[id]

    def root(self, id: str) -> str:
        """The outermost tree that a tree stands in."""
        while id in self.inside:
            id = self.inside[id]
        return id


class _Tree:
    def __init__(self, policy: model.Policy, forest: _Forest, doc: rule_files.StackingDocument) -> None:
        self.policy, self.forest, self.doc = policy, forest, doc
        self.rules, self.declared, self.reader = forest.rules, forest.declared, forest.reader
        self.id = f"{policy.id}/{doc.id}"
        self.kinds: list[tuple[str, ...]] = []
        self.awards: list[model.Award] = []
        self.reduces = False

    def read(self) -> model.Stack | None:
        return self.node(self.doc, self.doc.scope)

    def parts(self) -> tuple[tuple[model.Part, ...], tuple[model.Part, ...]]:
        """Who bears and who gets what the tree leaves; an award of it is not split a second time.

        A tree that only chooses between awards leaves the one it chooses as it was split.
        """
        scope = self._scope()
        for what in ("payers", "recipients"):
            split = [rule for rule in self.awards if getattr(rule, what)]
            if getattr(self.doc, what):
                for rule in split:
                    message = f"`{rule.id}` has {what} of its own, and the tree that it stands in has too"
                    help = "keep them at the tree, which is split last"
                    self.reader.problem("share", message, self.doc.place, help)
            elif split and self.reduces:
                message = f"what this tree leaves is not split among the {what} of `{split[0].id}`"
                self.reader.doubt("share", message, self.doc.place, f"move the {what} from the award to the tree")
        payers = read_payers(self.doc.payers, scope, self.reader)
        return payers, read_recipients(self.doc.recipients, scope, self.reader)

    def node(self, doc: rule_files.StackNode, scope: str) -> model.Stack | None:
        given = [form for form in FORMS if getattr(doc, form) is not None]
        if len(given) != 1:
            message = "a node has exactly one of " + ", ".join(f"`{form}`" for form in FORMS)
            self.reader.problem("stacking", message, doc.place)
            return None
        self.reduces = self.reduces or given[0] in ("sum", "net", "top_up", "pool")
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
        if members is not None and len(members) == 1 and isinstance(members[0], model.Leaf):
            message = f"`{docs[0]}` stands alone, so there is nothing to choose from"
            help = "of its own entries the largest is chosen by `order: amount` and `limit`"
            self.reader.doubt("stacking", message, docs[0].span if isinstance(docs[0], Text) else doc.place, help)
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
        terms = self.forest.terms.get(self.policy.id, {})
        return Scope(self.reader.vocabulary, kinds, awards=awards, policy=self.policy.id, day=ir.AsOf(), terms=terms)

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
        found = [self.leaf(doc, scope) if isinstance(doc, Text) else self.node(doc, scope) for doc in docs]
        return None if any(entry is None for entry in found) else tuple(entry for entry in found if entry is not None)

    def leaf(self, word: Text, scope: str) -> model.Stack | None:
        """An award, or another tree by its id."""
        id = str(word) if "/" in word else f"{self.policy.id}/{word}"
        rule = self.rules.get(id)
        if id in self.forest.docs and rule is None and id not in self.declared:
            return self._nested(word, id, scope)
        if rule is None and id in self.declared:
            return None
        if not isinstance(rule, model.Award) or rule.amount is None:
            awards = [key.rpartition("/")[2] for key, entry in self.rules.items() if entry.kind == "incentive"]
            self.reader.problem(
                "unknown-award", f"there is no incentive `{word}`", word.span, did_you_mean(word, awards)
            )
            return None
        owner = self.forest.owner
        if id in owner:
            message = f"`{word}` already stands in the stacking `{owner[id]}`"
            help = "an award stands in one tree, once"
            if owner[id] != self.doc.id:
                help += f"; to combine what that tree leaves, name the tree: `{owner[id]}`"
            self.reader.problem("stacking", message, word.span, help)
            return None
        owner[id] = str(self.doc.id)
        if scope == "item" and rule.each is None:
            help = "with `scope: entity` it is combined once"
            self.reader.doubt("stacking", f"`{word}` has no entries to be combined one by one", word.span, help)
        self.kinds.append(rule.kinds)
        self.awards.append(rule)
        return model.Leaf(rule=id)

    def _nested(self, word: Text, id: str, scope: str) -> model.Stack | None:
        """Another tree as a member: combined as it says, and what it leaves goes on."""
        _, doc = self.forest.docs[id]
        problem = self.reader.problem
        if id in self.forest.inside:
            message = f"the stacking `{word}` is already a member of `{self.forest.inside[id]}`"
            problem("stacking", message, word.span, "a tree is a member of one other, once")
            return None
        if self.forest.root(self.id) == id:
            problem("stacking", f"the stacking `{word}` would be a member of itself", word.span)
            return None
        self.forest.inside[id] = self.id
        if doc.pool is not None:
            problem("stacking", f"`{word}` shares a budget, which is done last", word.span, "name its members instead")
            return None
        if doc.payers or doc.recipients:
            help = "move its payers and recipients to this tree"
            problem("share", f"`{word}` is split among payers or recipients, which is done last", word.span, help)
            return None
        if _SIZE[doc.scope] > _SIZE[scope]:
            message = f"`{word}` combines over `{doc.scope}`, which is wider than the `{scope}` around it"
            problem("stacking", message, word.span)
            return None
        tree = self.forest.tree(id)
        self.kinds += self.forest.kinds.get(id, [])
        if tree is None:
            return None
        return tree if doc.scope == scope else model.Scoped(members=(tree,), scope=doc.scope)
