"""Laboratory grades: published tables as values, one kernel that reads them, one rule for each term.

In: courses. Out: rules for the shelf. Decided here: nothing; the table states the bounds, each edition its readings.
"""
