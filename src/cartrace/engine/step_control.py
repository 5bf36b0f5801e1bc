"""The small vector functions between model and driver: how good a step was, what is kept of it, what is moved where.

In: a program. Out: its control text, in the grammar of `text`, and the slots it adds behind the layout of the program.
Decided here: the control of the step size: a proportional-integral rule on the error (exponents 0.7/5 and 0.4/5), safety 0.9, at most
6 times larger and 5 times smaller after a good step, at most 10 times smaller after a bad one.

    OLD    log of the error of the last good step;  NEW  of this step
    GROW   factor of the step size after a good step;  SHRINK  after a bad one
    KEEP   1 in lanes whose step is kept;  HIT  1 in lanes whose step ends early at a trigger
    GONE   1 in lanes where a state has become extinct;  SOUND  not a number when a state in YN is not finite

    inverse(w)      HS -> IH IHG
    control(w)      ERR OLD -> NEW GROW SHRINK
    present(w)      Y -> U          proposed(w)     YN -> U         begin(w)    Y -> YN
    shorten(w)      U HIT -> YN     the state at the trigger becomes the end of the step
    extinguish(w)   Y YN KEEP -> YN GONE; a state with a bound that is negative becomes 0, too, for a ghost of the wrong sign may grow
    keep(w)         YN KEEP -> Y
    sound(w)        YN -> SOUND
"""

from __future__ import annotations

from cartrace.engine.program import Program
from cartrace.engine.tableau import GAMMA

SLOTS = ("OLD", "NEW", "GROW", "SHRINK", "KEEP", "HIT", "GONE", "SOUND")
ORDER = 5  # of the method; its embedded error estimate has order 4


def control_slots(program: Program) -> dict[str, int]:
    """Slot of each quantity of the control; `SLOTS` more than the layout of the program are in use."""
    return {name: program.layout.size + i for i, name in enumerate(SLOTS)}


def workspace_size(program: Program) -> int:
    """Slots of one patient, those of the control included."""
    return program.layout.size + len(SLOTS)


def control_text(program: Program) -> str:
    """The functions above as text."""
    at = {name: f"w[{slot}]" for name, slot in control_slots(program).items()}
    y, yn, u = (program.layout.offset(name) for name in ("Y", "YN", "U"))
    n = len(program.states)
    moved = f"for q in range({n}):"
    lines = [
        "def inverse(w):",
        f"    size = w[{program.layout.offset('HS')}]",
        f"    w[{program.layout.offset('IH')}] = 1.0/size",
        f"    w[{program.layout.offset('IHG')}] = {1.0 / GAMMA!r}/size",
        "def control(w):",
        f"    size = 0.5*LOG(MAX(w[{program.layout.offset('ERR')}], 1e-20))",
        f"    {at['GROW']} = MIN(6.0, MAX(0.2, 0.9*EXP({-0.7 / ORDER!r}*size + {0.4 / ORDER!r}*{at['OLD']})))",
        f"    {at['SHRINK']} = MAX(0.1, 0.9*EXP({-1.0 / ORDER!r}*size))",
        f"    {at['NEW']} = MAX(size, -9.2)",
        *("def present(w):", f"    {moved}", f"        w[{u}+q] = w[{y}+q]"),
        *("def proposed(w):", f"    {moved}", f"        w[{u}+q] = w[{yn}+q]"),
        *("def begin(w):", f"    {moved}", f"        w[{yn}+q] = w[{y}+q]"),
        *("def shorten(w):", f"    hit = {at['HIT']}", f"    {moved}"),
        f"        w[{yn}+q] = SELECT(hit > 0.5, w[{u}+q], w[{yn}+q])",
        *("def keep(w):", f"    kept = {at['KEEP']}", f"    {moved}"),
        f"        w[{y}+q] = SELECT(kept > 0.5, w[{yn}+q], w[{y}+q])",
        *("def sound(w):", f"    {at['SOUND']} = {' + '.join(f'0.0*w[{yn + i}]' for i in range(n))}"),
        *_extinguish(program, at, y, yn),
    ]
    return "\n".join(lines) + "\n"


def _extinguish(program: Program, at: dict[str, str], y: int, yn: int) -> list[str]:
    lines = ["def extinguish(w):", "    gone0 = 0.0"]
    last = "gone0"
    for i, bound in enumerate(program.extinct_below):
        if bound > 0.0:
            fell = f"({at['KEEP']} > 0.5) & (w[{y + i}] >= {bound!r}) & (w[{yn + i}] < {bound!r})"
            lines.append(f"    gone{i + 1} = SELECT({fell}, 1.0, {last})")
            below = f"({at['KEEP']} > 0.5) & (w[{yn + i}] < 0.0)"
            lines.append(f"    w[{yn + i}] = SELECT(({fell}) | ({below}), 0.0, w[{yn + i}])")
            last = f"gone{i + 1}"
    return [*lines, f"    {at['GONE']} = {last}"]
