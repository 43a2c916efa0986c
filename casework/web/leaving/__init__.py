"""Somebody leaves: who goes on with their work, in one plan and one act."""
