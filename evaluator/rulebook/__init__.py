"""From YAML to one frozen, typed rulebook: documents, vocabulary, names, types and dates, with every problem at its place."""
