"""Drafts of forms, saved while somebody types: `of_form.py` is what a page needs, docs/components.md shows how."""
