"""All questions, by subject."""

from tests.conformance.probes import after, early, hellos, psks
from tests.conformance.probes.question import Question

SUBJECTS: dict[str, tuple[Question, ...]] = {
    "PSKs": psks.QUESTIONS,
    "hellos": hellos.QUESTIONS,
    "records": after.QUESTIONS,
    "early data": early.QUESTIONS,
}
