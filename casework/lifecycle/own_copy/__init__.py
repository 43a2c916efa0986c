"""What is held about a person, as a copy for themselves, and as a file for an organisation in another country.

`columns` says what is in it and what is not, and why; `content` gathers it; `packing` makes files of it; `taking_in` reads one here.
"""
