"""The engine for tables of profiles: the typed rulebook as one relational query, for DuckDB, Spark and PostgreSQL.

Read `layout` (staging tables and results) first, then `relation` (the expressions of the query), `numbers` and
`conditions` (how rules become such expressions) and `query` (how they become a query).
"""
