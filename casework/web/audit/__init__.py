"""Who did what, without what it says."""
