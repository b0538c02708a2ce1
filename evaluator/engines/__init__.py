"""Engines over the typed rulebook: each walks the same nodes to the same outcomes; none imports another."""
