"""The list of what countries issue and how its numbers look."""
