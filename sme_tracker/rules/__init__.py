"""The policy book: what the bureau's documents say, as pure functions over frozen facts."""
