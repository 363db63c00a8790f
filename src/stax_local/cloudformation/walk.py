"""Work on a graph, as much of it at once as its edges and the pool allow."""

from collections.abc import Callable, Mapping, Set
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait


def walk(
    dependencies: Mapping[str, Set[str]],
    work: Callable[[str], bool],
    *,
    pool: Executor,
    stop: Callable[[], bool],
) -> set[str]:
    """Call `work` for every node after those it depends on; return the nodes that were not done.

    `work` says whether it succeeded.  What depends on a failed node is left out, and once `stop` says so
    nothing further is begun; what runs is waited for.
    """
    undone = set(dependencies)
    waiting = {name: set(needs) & undone for name, needs in dependencies.items()}
    running: dict[Future[bool], str] = {}
    while True:
        ready = [name for name, needs in waiting.items() if not needs] if not stop() else []
        for name in ready:
            del waiting[name]
            running[pool.submit(work, name)] = name
        if not running:
            return undone
        finished, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in finished:
            name = running.pop(future)
            if future.result():
                undone.discard(name)
                for needs in waiting.values():
                    needs.discard(name)
