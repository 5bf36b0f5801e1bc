"""Another tool, asked one case after another.

In: its command line and cases. Out: a verdict for each, whatever the tool does.
Decided here: one line of JSON goes to the tool's standard input, one comes back on its standard output. A tool may stay for all
cases or end after each (exit code 0); it is started again when it is gone. Ending otherwise, an answer outside the protocol
and an answer that does not come in time are verdicts on that case only.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import IO

from cartrace.assess.conformance.answer import Verdict, judge_answer, read_answer
from cartrace.assess.conformance.question import question_of
from cartrace.assess.conformance.tables import Case
from cartrace.assess.rule import Rule

SECONDS = 10.0
"""[s] a tool may take over one answer unless the user says otherwise."""

LAST_WORDS = 200


class _Gone(Exception):
    """The tool ended without an answer."""


class _Late(Exception):
    """No answer in time."""


def _errors_file() -> IO[str]:
    return tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")


@dataclass(slots=True)
class Tool:
    """One command, running or not. `seconds` for one answer."""

    command: str
    seconds: float = SECONDS
    _process: subprocess.Popen[str] | None = None
    _errors: IO[str] = field(default_factory=_errors_file)

    def __enter__(self) -> Tool:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        self._errors.close()

    def ask(self, line: str) -> str:
        """The line that answers `line`. Raises `_Gone` or `_Late`; OSError when the command cannot be started."""
        fresh = self._start()
        found = self._exchange(line)
        if not found and not fresh and self._code() == 0:
            # It ended properly after its last answer, while this question was on its way.
            self._start()
            found = self._exchange(line)
        if not found:
            code = self._code()
            raise _Gone(f"ended with exit code {code}{self._last_words()}")
        return found

    def _start(self) -> bool:
        """Start the command unless it runs; True when it was started."""
        if self._process is not None and self._process.poll() is None:
            return False
        self._end()
        self._errors.seek(0)
        self._errors.truncate()
        self._process = subprocess.Popen(
            shlex.split(self.command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        return True

    def _exchange(self, line: str) -> str:
        """Write and read in a thread of its own: either may block for good. Empty when the tool is gone."""
        process, found = self._process, [""]
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        into, out = process.stdin, process.stdout

        def talk() -> None:
            try:
                into.write(line + "\n")
                into.flush()
                found[0] = out.readline()
            except OSError:  # the pipe is broken: the tool is gone
                found[0] = out.readline()

        talker = Thread(target=talk, daemon=True)
        talker.start()
        talker.join(self.seconds)
        if talker.is_alive():
            process.kill()
            talker.join()
            self._end()
            raise _Late(f"no answer within {self.seconds:g} s")
        return found[0]

    def _code(self) -> int:
        assert self._process is not None
        try:
            return self._process.wait(self.seconds)
        except subprocess.TimeoutExpired:  # it closed its output and stays
            self._process.kill()
            return self._process.wait()

    def _last_words(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().strip().splitlines()
        return f": {lines[-1][:LAST_WORDS]}" if lines else ""

    def _end(self) -> None:
        if self._process is None:
            return
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(OSError):  # what was not read is lost with it
                pipe.close()
        self._process.kill()
        self._process.wait()
        self._process = None


def run_tool(command: str, asked: Iterable[tuple[Rule, Case]], seconds: float = SECONDS) -> Iterator[Verdict]:
    """The verdict on each case, as it comes. Raises OSError when the command cannot be started."""
    with Tool(command, seconds) as tool:
        for rule, case in asked:
            yield verdict(tool, rule, case)


def verdict(tool: Tool, rule: Rule, case: Case) -> Verdict:
    """One case on a tool."""
    plain = question_of(rule, case)
    try:
        line = tool.ask(json.dumps(plain, ensure_ascii=False, allow_nan=False))
        return judge_answer(rule, case, read_answer(line, plain["case"]))
    except _Late as late:
        return Verdict(case, "timed out", (str(late),))
    except (_Gone, ValueError, TypeError, KeyError, AttributeError) as error:
        # An answer of the wrong shape is no answer, whatever part of it is wrong.
        return Verdict(case, "crashed", (str(error),))
