"""Tasks for students: what each gives, checks that explain mistakes, broken servers, the quiz.

These files are what a notebook needs to set a task and to check the answer, without a network and
without a grading system. The texts, stubs and solutions are in ``coursework/``.

Read ``task`` (the three kinds of tasks) and ``catalogue`` (all tasks) first. Below them are
``student`` (different values for each student), ``comparing``, ``kinds`` and ``stopping`` (what to
say of a clumsy answer), ``cells``, ``feedback`` and ``patience``. Most other files hold the tasks
of one lesson. ``small_server``, ``faults``, ``bench`` and ``servers``
belong together: a small server, its bugs, experiments with it, and the tasks to find the bugs.
``outline`` (what there is to do), ``progress`` and ``my_report`` show a student's own work.
"""
