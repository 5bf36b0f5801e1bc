"""Published toxicity and response rules: a course in, grades with their evidence out.

In: `Course`. Out: `Assessment` (steps, days, overall grade, facts), each with rule id, reasons and deciding records.
Decided here: nothing clinical outside the rule files; this shelf lists them explicitly.
"""

from cartrace.assess.result import Assessment, Grade
from cartrace.assess.rule import Option, Reason, Rule, Steps
from cartrace.assess.shelf import RULES, rule, rules_of

__all__ = ["RULES", "Assessment", "Grade", "Option", "Reason", "Rule", "Steps", "rule", "rules_of"]
