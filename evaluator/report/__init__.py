"""Reports: decisions as JSON and as text for people. They print what an engine decided and compute nothing."""
