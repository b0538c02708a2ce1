"""The strategies of `evaluator.testing`, under the name by which tests of engines import them."""

from evaluator.testing import Asked, Data, World, asked, near, nodes, profiles, reveal, value

__all__ = ["Asked", "Data", "World", "asked", "near", "nodes", "profiles", "reveal", "value"]
