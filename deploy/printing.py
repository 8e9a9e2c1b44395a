"""What the instructor's program prints: a terminal must not obey what a student wrote."""


def shown(text: str) -> str:
    r"""The text without what a terminal would obey or hide; line by line, it can be printed.

    >>> print(shown("a\x1b[2Jb\u202e"))
    a\x1b[2Jb\u202e
    """
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
