"""Needs and services: what people of a case need, what is done about it, and from which programme."""
