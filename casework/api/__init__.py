"""The interface for programs: JSON under /api/v1/, opened by tokens, under the same predicate as the pages."""
