"""The interactive panels of the notebooks.

Each file has three things: a view, which computes everything and is tested without a browser; the
controls; and the link between the two. The controls change the value of an HTML widget, and nothing
is printed from a callback. Every control has a label and works by keyboard, and beside every
picture is a table with the same content. Without a kernel, the first view is shown.
"""
