"""A prediction is remembered, compared with what happened, and readable without a kernel."""

from collections.abc import Iterator
from typing import Any

import pytest

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
