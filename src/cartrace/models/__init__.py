"""Therapy models as data: equations, parameters with their evidence, observables, what each must reproduce.

In: Antimony or SBML text, folders of the library. Out: a `System` of equations and the tables beside it.
Decided here: what a model is made of, and the small grammar in which its equations are written.
"""
