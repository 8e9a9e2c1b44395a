"""The notebooks' controls: a pure view-model, the controls, and the link between the two.

A widget's controls set the value of an HTML widget; nothing is printed from a callback. Every
control has a label, works by keyboard, and stands beside a table that says what the picture shows.
Where there is no kernel, the widget's first view is shown instead.
"""
