"""Tasks for students: what is given, checks that diagnose, broken servers, the quiz.

The tasks' texts, stubs and solutions are not here but in ``coursework/``; these files hold what a
notebook needs in order to set a task and to check it, without a network and without a grader.
"""
