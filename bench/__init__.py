"""Measurements of speed, each against a bound: `python -m bench` (`make bench`)."""
