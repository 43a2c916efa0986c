"""Casework on one machine: its environment, its own PostgreSQL and Valkey, and the processes that make it up.

Standard library only, and reachable without `casework.config` (which loads Celery), because the first thing it
does on a fresh machine is to install everything else. `start` runs it as a package of its own, named `embedded`.
"""
