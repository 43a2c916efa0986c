"""Refusals: why an act cannot be done now, in a sentence for the person who asked."""


class Refusal(Exception):
    """The base of every `UnableToX`. The sentence is already in the reader's language and names nobody.

    `field` is the name of the value that stands in the way, "" if it is none in particular: a form
    shows the sentence beside it.
    """

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
