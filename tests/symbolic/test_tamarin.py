"""The Tamarin theories: their syntax, and what a prover checks before it begins. No proofs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_spthy
from click.testing import CliRunner

from tls13lab.cli.app import cli
from tls13lab.symbolic.claims import cells
from tls13lab.symbolic.proverif.declarations import ROWS, arity
from tls13lab.symbolic.tamarin import theory as tamarin
from tls13lab.symbolic.tamarin.rules import Rules, TamarinRule
from tls13lab.symbolic.vocabulary import SceneMode, parts

THEORIES = {mode: tamarin.theory_of(mode) for mode in tamarin.THEORY_MODES}
BUILT_IN = {"senc": 2, "sign": 2, "verify": 3, "pk": 1}
modes = pytest.mark.parametrize("mode", tamarin.THEORY_MODES)


def rules(mode: SceneMode) -> list[TamarinRule]:
    kind, psk_mode, _ = parts(mode)
    return list(Rules(kind, psk_mode).every)


def parsed(text: str) -> tree_sitter.Node:
    return tree_sitter.Parser(tree_sitter_spthy.language()).parse(text.encode()).root_node


@modes
def test_it_is_in_tamarins_language(mode: SceneMode) -> None:
    assert not parsed(THEORIES[mode]).has_error


@pytest.mark.parametrize(("good", "bad"), [(" ]->", " ->"), ("All ", "Al "), ("'zeros'", "'zeros")])
def test_a_broken_theory_is_not(good: str, bad: str) -> None:
    text = THEORIES["external-psk_ke"]
    assert parsed(text.replace(good, bad, 1)).has_error


def expanded(rule: TamarinRule) -> tuple[str, str]:
    """What a rule takes, and what it notes and leaves, with no abbreviations left."""
    takes, gives = " ".join(rule.takes), " ".join((*rule.notes, *rule.leaves))
    for line in reversed(rule.lets):
        name, _, term = line.partition(" = ")
        word = rf"(?<![~$\w']){name}(?![\w'(])"
        takes, gives = re.sub(word, term, takes), re.sub(word, term, gives)
    return takes, gives


def variables(text: str) -> set[str]:
    bare = re.sub(r"'[^']*'", "", text)
    return set(re.findall(r"[~$]?\b[a-zA-Z_]\w*\b(?!\()", bare)) - {"true"}


@modes
def test_a_rule_only_gives_what_it_has_taken(mode: SceneMode) -> None:
    """To Tamarin anything else is an unbound variable. ``$A`` is a public name: anyone's."""
    for rule in rules(mode):
        takes, gives = map(variables, expanded(rule))
        assert {one for one in gives - takes if not one.startswith("$")} == set(), rule.name


def test_an_unbound_variable_is_found() -> None:
    rule = TamarinRule(
        "R", ("key = kdf_binder(psk, hello)",), ("In(psk)",), ("Speaks()",), ("Out(key)",)
    )
    takes, gives = map(variables, expanded(rule))
    assert gives - takes == {"hello"}


def facts(texts: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    for text in texts:
        name = text[: text.index("(")].lstrip("!")
        yield name, arguments(text[text.index("(") + 1 : -1])


def arguments(inside: str) -> int:
    depth, found = 0, int(bool(inside))
    for letter in inside:
        depth += (letter in "(<") - (letter in ")>")
        found += letter == "," and depth == 0
    return found


@modes
def test_whatever_is_taken_is_left_by_some_rule(mode: SceneMode) -> None:
    left = {one for rule in rules(mode) for one in facts(rule.leaves)}
    taken = {one for rule in rules(mode) for one in facts(rule.takes)}
    assert taken <= left | {("Fr", 1), ("In", 1)}
    names = [rule.name for rule in rules(mode)]
    assert len(names) == len(set(names))


@modes
def test_functions_have_as_many_arguments_as_their_rows(mode: SceneMode) -> None:
    wanted = {f"kdf_{row.name}": arity(row) for row in ROWS} | BUILT_IN
    text = "\n".join(rule.text for rule in rules(mode))
    for match in re.finditer(r"\b(kdf_\w+|senc|sign|verify|pk)\(", text):
        depth, end = 1, match.end()
        while depth:
            depth += (text[end] == "(") - (text[end] == ")")
            end += 1
        assert arguments(text[match.end() : end - 1]) == wanted[match[1]], match[1]


@modes
def test_every_note_of_a_lemma_is_made_by_a_rule(mode: SceneMode) -> None:
    made = {one for rule in rules(mode) for one in facts(rule.notes)}
    used = set(re.findall(r"\b([A-Z]\w+)\(([^)]*)\)@", "\n".join(tamarin.lemmas(mode))))
    assert used
    for name, inside in used:
        assert name == "K" or (name, arguments(inside)) in made, name


def test_the_lemmas_say_what_the_cells_say() -> None:
    """No cell of the matrix disagrees with the thefts that its lemma names."""
    asked = {(one.asset, one.options): one for one in tamarin.ASSETS}
    seen = 0
    for cell in cells():
        options = tuple(cell.options.items())
        written = cell.mode in tamarin.THEORY_MODES and cell.adversary in tamarin.ADVERSARIES
        if not written or cell.verdict == "outside" or (cell.asset, options) not in asked:
            continue
        if "weak_psk" in cell.leaks:
            continue
        ways = tamarin.ways_to_lose(cell.mode, cell.asset, cell.adversary, options)
        lost = any(set(way) <= set(cell.leaks) for way in ways)
        assert cell.verdict == ("lost" if lost else "kept"), cell
        seen += 1
    assert seen > 1000


def test_forward_secrecy_and_selfie_are_among_them() -> None:
    text = THEORIES["external-psk_dhe_ke"]
    lemma = text[text.index("lemma application_data_active_then_leak:") :].partition("lemma ")[2]
    lemma = lemma.partition("lemma ")[0]
    assert "(Ex #r. StolePsk()@r) & (Ex #r. StoleClientShare()@r)" in lemma
    assert "lemma peer_identity_roles_both_active_falls_by_nothing:" in text
    assert "lemma peer_identity_roles_fixed_active:" in text
    assert "lemma application_data_active_falls_by_psk:" in text


def test_the_command(tmp_path: Path) -> None:
    folder = tmp_path / "theories"
    result = CliRunner().invoke(cli, ["claims", "--tamarin", str(folder)])
    assert "nobody has proved them" in result.stdout
    assert {path.stem for path in folder.glob("*.spthy")} == set(tamarin.THEORY_MODES)
    for path in folder.glob("*.spthy"):
        assert "SYNTAX CHECKED, NOT PROVED" in path.read_text("utf-8")
    both = ["claims", "--tamarin", str(folder), "--proverif", str(folder)]
    assert "give only one of --proverif and --tamarin" in CliRunner().invoke(cli, both).output
