"""Schemes of scores as administrators keep them: what gives how many points. No people, and no small numbers of them."""
