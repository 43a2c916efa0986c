"""Pages of cases and the people in them."""
