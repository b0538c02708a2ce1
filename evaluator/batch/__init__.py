"""Many profiles at once: a table in, one row per finding out, and what a whole population comes to.

Read `tables` (files to rows), `columns` and `rows` (cells to profiles, or the reason why not), `engines` (profiles to
findings), `workspace` (outputs that appear whole or not at all), `run` (all of it), `population` (figures of a
finished batch) and `simulate` (a made-up population). DuckDB is imported only by what runs.
"""
