"""Pictures: pure functions from the schedule table or a conversation to SVG and HTML.

Every picture comes with its alternative text and with a table that says the same in words, and none
says anything by color alone. matplotlib and graphviz are imported where they are used.
"""
