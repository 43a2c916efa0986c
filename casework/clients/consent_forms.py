"""The versions of the printed form on which people agree. A changed text is a new version: what was signed stays known."""

VERSIONS = ("2026-11",)
LATEST = VERSIONS[-1]
