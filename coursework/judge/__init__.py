"""Judges answers: a student's notebook only *produces* them, and another process looks at them.

Read in this order: ``plain`` (what may cross between the two), ``cells`` (which cells belong to
which task), ``producer`` (runs a student's cells, in a ``sandbox``), ``answers`` (the judge's end
of that), ``judging`` (one student's verdicts), ``odd`` (hints for a person), ``seal`` (signatures),
``carrier`` (what nbgrader gets to see) and ``verified`` (what nbgrader does with it).
"""
