"""The command line: one thin command per room.

In: words typed by a person or a script. Out: data on standard output, remarks on standard error, exit code 0, 1 or 2:
0 done; 1 the input has errors, or a conformance case failed; 2 the command itself was wrong.
Decided here: nothing about courses. Command files import the rooms they call only when they run, so that `--help` is quick.
"""

from cartrace.cli.commands import COMMANDS, main

__all__ = ["COMMANDS", "main"]
