"""The instructor's side of the course: marking schemes, release, collection, trusted grading, feedback.

Nothing in this package is ever shipped to students or importable where their code runs.
"""
