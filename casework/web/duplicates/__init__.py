"""People who may be on file twice: shown while somebody types, and compared side by side."""
