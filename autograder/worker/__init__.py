"""The runner: the only place where a student's code is executed.

It is started from a copy that holds this package and ``helpers`` and nothing else, so the reference
implementations are not importable here. It runs cells, calls functions with the arguments it is sent, and
returns plain data; it knows no right answer and gives no verdict.
"""
