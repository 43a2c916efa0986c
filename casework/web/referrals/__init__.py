"""Referrals out and in: of a case, of a team, and what came of them."""
