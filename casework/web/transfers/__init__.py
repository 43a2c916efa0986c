"""Cases offered to somebody else: made, answered, listed."""
