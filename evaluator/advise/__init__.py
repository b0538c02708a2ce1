"""Advice on top of decisions: what to ask next, what to change, and what a change of the rules does."""
