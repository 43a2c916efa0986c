"""Upgrades without fear: what a migration locks and for how long, and migrating without making everybody queue."""
