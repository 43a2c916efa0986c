"""Who saw a case, and what it said before."""
