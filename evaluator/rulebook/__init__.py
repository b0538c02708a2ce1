"""From YAML to one frozen, typed rulebook: every name, type and date checked, every problem at its place."""
