"""Two people on file who are one are made one; for thirty days it can be undone, to the last row."""
