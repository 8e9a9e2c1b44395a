"""Speeds, each as a ratio against a named peer that ran in the same minute on the same machine.

``python3 run.py bench`` prints them. They are measurements to look at, never tests: no test of this
project depends on how fast the machine is.
"""
