"""Two people on file are made one: both side by side, field by field, and the way back."""
