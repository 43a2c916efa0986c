"""Consent and safety: what people agreed to, whom nobody must contact, and how they are reached safely."""
