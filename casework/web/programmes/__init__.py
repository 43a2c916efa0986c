"""Programmes as administrators keep them: no people, and no small numbers of them."""
