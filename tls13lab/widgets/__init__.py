"""The interactive panels of the notebooks.

Each file has three things: a view, which computes everything and is tested without a browser; the
controls; and the link between the two. The controls change the value of an HTML widget, and nothing
is printed from a callback. Every control has a label and works by keyboard, and beside every
picture is a table with the same content. Without a kernel, the first view is shown.

``kept``, ``keeping`` and ``one_at_a_time`` hold what a student chose, wrote and solved, in one file
beside the notebooks; this is the lowest room from which ``prediction``, ``explain`` and the checks
of ``exercises/`` can use it.
"""
