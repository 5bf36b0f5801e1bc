"""Immune effector cell-associated neurotoxicity syndrome: one file per published edition.

In: courses. Out: rules for the shelf. Decided here: nothing; each edition decides in its own file.
"""
