"""The measures, a module each: it registers a function with `bench.frame.measure` and is found by lying here."""
