"""The quiz as HTML: replies to single answers, and the answers before and after side by side.

Only inline styles and no image: it is also read on a telephone and by a screen reader.
Every sign stands beside its word, so that no meaning is carried by colour.
"""

from html import escape

from tls13lab.exercises.answers import TIMES, Answers, counted, stand
from tls13lab.exercises.question import Question
from tls13lab.exercises.questions import QUESTIONS

LOOKS = {
    "right": ("\N{HEAVY CHECK MARK}", "6px solid #2f8a4c"),
    "wrong": ("\N{HEAVY BALLOT X}", "6px solid #c2571a"),
    "open": ("?", "6px dashed #6b7fa3"),
    "no answer": ("\N{EN DASH}", "6px dotted #8a8a8a"),
}
"""A sign and a border for each way in which an answer may stand."""
_HEADS = ("question", "before", "after")


def link(question: Question) -> str:
    """A link to the section with the experiment; the words alone say where it is, too.

    It is a notebook's address relative to this one's, as in a notebook's text. JupyterLab opens it
    beside this one, at the section, if it is in a cell's output; so show it there.
    """
    style = "color:inherit;text-decoration:underline"
    return f'<a href="{escape(question.link)}" style="{style}">{escape(question.place)}</a>'


def reply(question: Question, option: str) -> str:
    """What to say to the chosen option: right, wrong or open, why, and where it is tried."""
    found = stand(Answers({("after", question.key): option}), "after", question)
    word = {"right": "Right.", "wrong": "Not so.", "open": f"Open: {question.answer}."}[found]
    sign, border = LOOKS[found]
    true = f" The right answer: {escape(question.answer)}." if found == "wrong" else ""
    return (
        f'<p style="border-left:{border};padding:4px 12px;margin:4px 0;line-height:1.4">'
        f'<span aria-hidden="true">{sign}</span> <strong>{escape(word)}</strong> '
        f"{escape(question.reply(option))}{true} Tested in {link(question)} "
        f"({escape(question.section)}).</p>"
    )


def results(answers: Answers) -> str:
    """Both rounds side by side, a row for each question, with all details folded below."""
    heads = "".join(
        f'<th scope="col" style="text-align:left;padding:3px 8px">{head}</th>' for head in _HEADS
    )
    rows = "".join(_row(answers, n, question) for n, question in enumerate(QUESTIONS, 1))
    counts = "".join(
        f"<li><strong>{time}:</strong> {counted(answers, time)}</li>" for time in TIMES
    )
    details = "".join(_detail(answers, n, one) for n, one in enumerate(QUESTIONS, 1))
    return (
        f"<p><strong>Your answers, before and after</strong></p><ul>{counts}</ul>"
        f'<table style="border-collapse:collapse;max-width:34em"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
        f"<details><summary>The same with every answer in words</summary>{details}</details>"
    )


def _row(answers: Answers, number: int, question: Question) -> str:
    cells = "".join(_cell(stand(answers, time, question)) for time in TIMES)
    return (
        '<tr><th scope="row" style="text-align:left;font-weight:normal;padding:3px 8px">'
        f"{number}. {escape(question.key)}</th>{cells}</tr>"
    )


def _cell(found: str) -> str:
    sign, border = LOOKS[found]
    style = f"border-left:{border};padding:3px 8px;text-align:left;white-space:nowrap"
    return f'<td style="{style}"><span aria-hidden="true">{sign}</span> {found}</td>'


def _detail(answers: Answers, number: int, question: Question) -> str:
    """A question with both answers; what is true only if it was answered afterwards."""
    said = [
        f"<li>{time}: {escape(answers.get(time, question.key) or 'no answer')}</li>"
        for time in TIMES
    ]
    option = answers.get("after", question.key)
    end = reply(question, option) if option else "<p>Answer it again to see what is true.</p>"
    return f"<p><strong>{number}.</strong> {escape(question.asks)}</p><ul>{''.join(said)}</ul>{end}"


def questions(asked: tuple[tuple[int, Question], ...], *, solved: bool) -> str:
    """The questions and options for use without a kernel; if ``solved``, answers folded below."""
    return "".join(
        f"<p><strong>{number}.</strong> {escape(question.asks)}</p><ul>"
        + "".join(f"<li>{escape(option)}</li>" for option in question.options)
        + "</ul>"
        + (_folded(question) if solved else "")
        for number, question in asked
    )


def _folded(question: Question) -> str:
    said = (
        f"<p><strong>{escape(question.answer)}.</strong> {escape(question.why)} Tested in "
        f"{escape(question.place)} ({escape(question.section)}).</p>"
    )
    return f"<details><summary>What is true</summary>{said}</details>"
