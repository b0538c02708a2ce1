"""Tables of profiles read by SQL: plain rows never pass through Python, yet none is read otherwise than there.

For each column an expression gives the value that its staging column holds, and a test is true only where the reader of
rows (`evaluator.batch.rows`) would accept the cell and give exactly that value. A row of which every cell passes is
staged as it is; every other is read by that reader, which accepts it, or sets it aside with its reason.

Read `wording` (snippets of SQL), `scalars` and `lists` (cells), `plan` (all columns of a table), `slices` (a table
piece by piece), `stage` (a piece as staging tables) and `groups` (whom the same rules concern, and their queries).
"""
