"""A sheet for the person, in their language: what to do by when, in plain words."""
