"""Audits of the rulebook: against recorded cases, and against the texts that it was read from."""
