"""Erasure: what is held of a case or of a person is removed, and the keys that open every copy of it are destroyed.

`reach` finds the rows, `removal` removes them, `ledger` keeps outside the database what was erased, `acts` is who may do it and when,
`replay` does it again on a backup that was restored, `periods` says what is kept longer than the organisation decided.
"""
