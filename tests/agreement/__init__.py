"""What every engine must agree on.

To hold a further engine to `decide`, write one function `answer(rulebook, profiles, as_of) -> list[Answer]` (an
`Answer` per profile, in order; `tests/agreement/engines.py`), wrap it in an `Engine` and add it to `ENGINES` of
`tests/agreement/test_agreement.py`, or call `disagreements(engine, batch)` of `engines` over the batches of
`tests/agreement/batches.py` in a test of its own. What the engine cannot do it names by `unsupported`.

    small, typed_rules, strategies, laws   the made-up world, Hypothesis's rules and profiles, laws of one engine
    random_rules, random_profiles          rules (text that goes through check) and profiles from one seed
    batches, census                        both put together, answered by `decide`; what was exercised, counted
    engines                                what an engine answers, and where two answers differ
"""
