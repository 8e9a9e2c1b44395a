"""A fault that is there to be found: by it the tests know that the fuzzer finds what there is."""


def planted(data: bytes) -> None:
    """Falls over what begins with three bytes, which coverage leads to one by one."""
    if data[:1] == b"T" and data[1:2] == b"L" and data[2:3] == b"S":
        raise IndexError("found")
