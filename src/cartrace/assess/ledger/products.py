"""Transfusions counted: red cells, platelets, granulocytes.

In: a course and the days asked for. Out: quantities.
Decided here: a transfusion is charted as a drug course or as an observation "yes"; when one study day has both, the larger
count is taken and flagged. No more than the transfusion chart can say: without its declaration the count is a lower bound.
"""

from __future__ import annotations

from collections import Counter

from cartrace.assess.ledger.cautions import LOWER_BOUND
from cartrace.assess.ledger.totals import NOT_COMPLETE, Behind, Days, account, quantity
from cartrace.course import Course, Quantity

PRODUCTS = (
    ("red_cells", "rbc_transfusion", "Red-cell transfusions"),
    ("platelet_concentrate", "platelet_transfusion", "Platelet transfusions"),
    ("granulocytes", "", "Granulocyte transfusions"),
)
OF_COUNTS = (LOWER_BOUND | {"whole_days"}) - {"chart_open"}


def transfusions(course: Course, days: Days) -> tuple[Quantity, ...]:
    """How many of each product were given."""
    return tuple(_count(course, days, drug, code, name) for drug, code, name in PRODUCTS)


def _count(course: Course, days: Days, drug: str, code: str, name: str) -> Quantity:
    of = account(course, days, lambda one: one.drug == drug)
    seen = [o for o in course.observations if code and o.code == code and o.text == "yes" and o.moment.day in days]
    complete = "transfusions" in course.complete
    # Amounts do not matter here, and the chart is another one than that of drugs.
    cautions = [c for c in of.cautions if c in OF_COUNTS] + ([] if complete else ["chart_open"])
    address = (f"{drug}_transfusions", name)
    if not (of.doses or seen) and (of.left_out or not complete):
        why = of.silence if of.left_out else NOT_COMPLETE.format("transfusion")
        return quantity(address, None, "1", Behind((), of.left_out, cautions), reason=why)
    as_drug = Counter(dose.day for dose in of.doses if dose.begins)
    as_seen = Counter(o.moment.day for o in seen)
    cautions += ["counted_twice"] if as_drug.keys() & as_seen.keys() else []
    count = sum((as_drug | as_seen).values())
    behind = Behind((*of.used, *(o.uid for o in seen)), of.left_out, cautions)
    return quantity(address, float(count), "1", behind, lower_bound=LOWER_BOUND)
