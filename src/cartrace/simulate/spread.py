"""Pieces of a run spread over machines with dask.distributed (extra cartrace[spread]).

In: the address of a scheduler, or a number of local workers. Out: a way of sharing pieces, for `run.simulate`.
Decided here: nothing about results; workers need the same version of cartrace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from cartrace.errors import MissingExtra
from cartrace.simulate.run import Mapped, Piece


def over_machines(address: str = "", *, workers: int = 2) -> Mapped:
    """Pieces over the workers of a scheduler at `address`, or over `workers` local ones. Raises `MissingExtra`."""
    try:
        from distributed import Client, LocalCluster, as_completed
    except ImportError:
        raise MissingExtra("spreading a run over machines", extra="spread") from None

    def mapped(work: Callable[[Piece], Any], pieces: Sequence[Piece]) -> Iterator[tuple[Piece, Any]]:
        local = None if address else LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)  # type: ignore[no-untyped-call]
        try:
            with Client(address or local) as client:  # type: ignore[no-untyped-call]
                waiting = dict(zip(client.map(work, pieces, pure=False), pieces, strict=True))
                for done in as_completed(list(waiting)):  # type: ignore[no-untyped-call]
                    yield waiting[done], done.result()
        finally:
            if local is not None:
                local.close()

    return mapped
