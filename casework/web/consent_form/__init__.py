"""The consent form with the notice on data, to be printed: blank, or with the reference of a person."""
