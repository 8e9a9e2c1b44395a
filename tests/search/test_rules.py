"""Rules do what hashcat's documentation says of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tls13lab.search.rules import WordRule, parse_rules
from tls13lab.wire.faults import LocalFault


@pytest.mark.parametrize(
    ("rule", "made"),
    [
        (":", b"p@ssW0rd"),
        ("l", b"p@ssw0rd"),
        ("u", b"P@SSW0RD"),
        ("c", b"P@ssw0rd"),
        ("C", b"p@SSW0RD"),
        ("t", b"P@SSw0RD"),
        ("T3", b"p@sSW0rd"),
        ("TA", b"p@ssW0rd"),
        ("r", b"dr0Wss@p"),
        ("d", b"p@ssW0rdp@ssW0rd"),
        ("[", b"@ssW0rd"),
        ("]", b"p@ssW0r"),
        ("$1$2", b"p@ssW0rd12"),
        ("^1^2", b"21p@ssW0rd"),
        ("ss$", b"p@$$W0rd"),
        ("s$s @s", b"p@W0rd"),
        ("$ ", b"p@ssW0rd "),
    ],
)
def test_what_hashcats_documentation_says(rule: str, made: bytes) -> None:
    assert WordRule.parse(rule).apply(b"p@ssW0rd") == made


@pytest.mark.parametrize("text", ["", " ", "?", "$", "s", "sa", "T", "Ta", "cq", ":" * 32])
def test_what_is_no_rule(text: str) -> None:
    with pytest.raises(LocalFault):
        WordRule.parse(text)


def test_a_file_of_rules_says_the_line_that_is_wrong() -> None:
    rules = parse_rules(b"# a comment\n\n:\r\nc $1\n")
    assert [rule.apply(b"lab") for rule in rules] == [b"lab", b"Lab1"]
    with pytest.raises(LocalFault, match="line 2"):
        parse_rules(b":\n%\n")
    with pytest.raises(LocalFault):
        parse_rules(b"# nothing\n")


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_any_bytes_make_a_rule_or_our_fault(text: bytes, word: bytes) -> None:
    try:
        rule = WordRule.parse(text)
    except LocalFault:
        return
    assert isinstance(rule.apply(word), bytes)
