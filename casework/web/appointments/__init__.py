"""Appointments: planned at a wall time, moved, kept or missed; the next ones on a case and in My day; a slip to take along."""
