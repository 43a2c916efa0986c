"""The language in which somebody wants to read."""
