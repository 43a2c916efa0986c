"""The directory of partners, and who offers what where."""
