"""The treatment itself, run: regimens, virtual patients, trials, what-if.

In: a model of the library, a scenario, a seed. Out: simulated courses, graded by the same rules as real ones, marked as simulated.
Decided here: how patients differ, how a regimen becomes doses, what is compared with what.
"""
