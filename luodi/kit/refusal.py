"""A refusal is one sentence for the person, written once (style.md 10)."""


class Refused(Exception):
    """The act cannot be done; `str(refusal)` says what, where and what to do, in the reader's language."""
