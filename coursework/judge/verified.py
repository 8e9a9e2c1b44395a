"""What nbgrader does in place of running a notebook: it verifies the judge's signed verdicts.

The course's ``nbgrader_config.py`` names this step. No student's code runs in nbgrader, whether it
is started by ``deploy.course mark``, by hand, or from its web page.
"""

from pathlib import Path
from typing import Any

from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from coursework.judge.carrier import of_notebook
from coursework.judge.handed_in import digest
from coursework.judge.seal import Verdict, genuine, the_key


class SignedVerdicts(NbGraderPreprocessor):
    """Gives each check the output that its verdict says. Raises ValueError if one is not signed."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        names = resources["nbgrader"]
        submission, verdicts = of_notebook(nb)
        # nbgrader works in the course folder.
        file = Path(
            "submitted", names["student"], names["assignment"], f"{names['notebook']}.ipynb"
        )
        if digest(file) != submission:
            raise ValueError(f"{file} is not what was judged: run deploy.course mark")
        key, outputs = the_key(), {}
        for told in verdicts:
            sealed = str(told.pop("seal"))
            one = Verdict(**told)
            if not genuine(key, one, names["student"], names["notebook"], submission, sealed):
                raise ValueError(f"the verdict on task {one.task} of {file} is not the judge's")
            outputs[f"task-{one.task.replace('.', '-')}-check"] = output(one)
        for cell in nb.cells:
            grading = cell.metadata.get("nbgrader", {})
            if grading.get("grade"):
                cell.outputs = [outputs[grading["grade_id"]]]
        return nb, resources


def output(verdict: Verdict) -> Any:
    """The output from which nbgrader reads the points: an error for none, anything else for all."""
    if verdict.points:
        return new_output("stream", name="stdout", text=f"{verdict.says}\n")
    return new_output("error", ename="", evalue=verdict.says, traceback=[verdict.says])
