"""Pictures: pure functions from the schedule table, a conversation or a derivation to SVG and HTML.

Every picture comes with alternative text and with a table that says the same in words, and no
picture relies on colour alone. matplotlib and graphviz are imported only where they are used.

``picture`` is the common form. Only ``attack_tree`` is written as DOT text, which ``dot`` turns
into SVG. The others draw their SVG themselves; the key schedule has a layout of its own in
``schedule_layout``. Tables of answers are drawn as a ``grid`` of tiles in HTML.
"""
