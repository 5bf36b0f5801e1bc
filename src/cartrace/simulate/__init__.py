"""The treatment itself, run: regimens, virtual patients, trials, what-if.

In: a model of the library, a scenario, a seed. Out: simulated courses, graded by the same rules as real ones, marked as simulated.
Decided here: how patients differ, how a regimen becomes doses, what is compared with what.
"""

from cartrace.simulate.run import Results, simulate
from cartrace.simulate.scenario import Scenario
from cartrace.simulate.trial import TrialResult, run_trial
from cartrace.simulate.trial_file import Trial
from cartrace.simulate.whatif import WhatIf, what_if

__all__ = ["Results", "Scenario", "Trial", "TrialResult", "WhatIf", "run_trial", "simulate", "what_if"]
