"""A prediction is remembered, compared with what happened, and readable without a kernel."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tls13lab.widgets.keeping import FILE, NOT_KEPT, Keeper
from tls13lab.widgets.kept import PredictionWork
from tls13lab.widgets.prediction import NO_PREDICTION, Prediction

WHY = "Because 1 < 2."


@pytest.fixture
def prediction() -> Iterator[Prediction]:
    one = Prediction("Does <it> change?", {True: "yes, all", False: "no & never"}, key="a test")
    yield one
    one.forget()


def controls(prediction: Prediction) -> tuple[Any, Any]:
    _, radio, status = prediction.controls().children
    return radio, status


def test_without_a_choice_the_answer_is_the_same_each_time(prediction: Prediction) -> None:
    answer = prediction.reveal(True, WHY)
    assert answer == prediction.reveal(True, WHY)
    assert answer.text.splitlines() == [NO_PREDICTION, "What happened: yes, all", f"Why: {WHY}"]
    assert answer.html.startswith(f"<p>{NO_PREDICTION}</p><details>")


def test_what_the_experiment_printed_is_folded_with_the_answer(prediction: Prediction) -> None:
    answer = prediction.reveal(True, WHY, "1 < 2\n2 < 3")
    told, folded = answer.html.split("<details>")
    assert "&lt;" not in told
    assert "<pre>1 &lt; 2\n2 &lt; 3</pre>" in folded
    assert answer.text.splitlines()[1:3] == ["1 < 2", "2 < 3"]
    prediction.choose("yes, all")
    assert prediction.reveal(True, WHY, "1 < 2").html.startswith("<pre>")


def test_choosing_with_the_radio_buttons(prediction: Prediction) -> None:
    radio, status = controls(prediction)
    assert radio.value is None
    assert "Choose one" in status.value
    radio.value = "no & never"
    assert "no &amp; never" in status.value
    assert prediction.reveal(False, WHY).text.startswith(
        "You predicted: no & never. That is what happened."
    )


def test_a_wrong_prediction_is_told_what_happened(prediction: Prediction) -> None:
    prediction.choose("no & never")
    answer = prediction.reveal(True, WHY)
    assert "That is not what happened." in answer.text
    assert "What happened: yes, all" in answer.text
    assert "<details>" not in answer.html


def test_running_the_cell_again_does_not_lose_the_choice(prediction: Prediction) -> None:
    controls(prediction)[0].value = "yes, all"
    again = Prediction(prediction.question, prediction.options, key=prediction.key)
    assert again.reveal("no & never", WHY).predicted == "yes, all"
    assert controls(again)[0].value == "yes, all"
    other_options = Prediction("Another question?", (1, 2), key=prediction.key)
    assert other_options.chosen is None
    other_question = Prediction("Another question?", prediction.options)
    assert other_question.chosen is None


def test_an_outcome_or_a_choice_that_is_no_option_is_an_error(prediction: Prediction) -> None:
    with pytest.raises(KeyError):
        prediction.reveal("perhaps", WHY)
    with pytest.raises(ValueError, match="perhaps"):
        prediction.choose("perhaps")


def test_it_can_be_read_without_a_kernel(prediction: Prediction) -> None:
    bundle = prediction._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "<p><b>Predict:</b> Does &lt;it&gt; change?</p>" in bundle["text/html"]
    assert "<li>no &amp; never</li>" in bundle["text/html"]
    assert bundle["text/plain"].splitlines() == [
        "Predict: Does <it> change?",
        "( ) yes, all",
        "( ) no & never",
    ]


def test_a_new_kernel_finds_the_choice_and_whether_it_was_right(tmp_path: Path) -> None:
    def asked() -> Prediction:
        keeper = Keeper(tmp_path / FILE, always=True)
        return Prediction("Which?", ("a", "b"), key="02 which", keeper=keeper)

    def kept() -> PredictionWork:
        return Keeper(tmp_path / FILE, always=True).read().predictions["02 which"]

    asked().reveal("b", WHY)
    assert not (tmp_path / FILE).exists()
    controls(asked())[0].value = "a"
    assert controls(asked())[0].value == "a"
    assert kept() == PredictionWork("a")
    asked().reveal("b", WHY)
    asked().choose("b")
    assert "That is what happened." in asked().reveal("b", WHY).text
    assert kept() == PredictionWork("b", predicted="a", right=False)
    asked().forget()
    assert asked().chosen is None


def test_a_choice_that_cannot_be_written_counts_in_this_kernel_and_that_is_said_once(
    tmp_path: Path,
) -> None:
    keeper = Keeper(tmp_path / "gone" / FILE, always=True)
    first, second = (Prediction(key, ("a", "b"), key=key, keeper=keeper) for key in "xy")
    radio, status = controls(first)
    radio.value = "a"
    assert NOT_KEPT in status.value
    radio, status = controls(second)
    radio.value = "a"
    assert NOT_KEPT not in status.value
    assert (first.chosen, second.chosen) == ("a", "a")
