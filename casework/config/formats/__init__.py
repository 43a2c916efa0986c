"""Formats of days, one module a language, in place of Django's own.

Django's would show a Kazakh or American reader 12/05/2026 and read 05/12/2026 as the 12th of May.
Here the month is shown as a word, and what is typed into a single box has one reading or none.
"""
