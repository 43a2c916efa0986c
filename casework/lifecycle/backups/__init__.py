"""Backups: what the database, the files and the keys hold, sealed for a key that is not on the server.

`plan` is what the setting says, `making` makes a backup, `files` copies sealed files once, `keeping` says which ones stay, `reading` looks
whether one is whole, `restoring` puts one back, `samples` opens some of what was put back. `sealing`, `programs`, `manifest` and
`folders` are what they stand on; `state` says when the last one was made. docs/backup.md tells how they are used.
"""
