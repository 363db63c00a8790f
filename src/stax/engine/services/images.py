"""Bringing an image to every docker host over ssh, where there is no registry."""

from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path

from stax.engine.services.hosts import DockerHosts, last_words
from stax.errors import StaxError
from stax.events import Event, StepDetail
from stax.model.images import ImageArchive

LOADED_WITHIN_S = 1800.0
"""Two gigabytes at 10 Mbit/s take 27 minutes."""
AT_ONCE = 4
LOADED, THERE = "loaded", "there already"


def load_everywhere(hosts: DockerHosts, archive: ImageArchive, file: Path) -> Generator[Event, None, dict[str, str]]:
    """Load an archive on every docker host that has not this very image; raises StaxError when one fails.

    What is loaded stays, so that the same command again goes on with the rest.
    """
    became: dict[str, str] = {}
    failed: dict[str, StaxError] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs: dict[Future[str], str] = {pool.submit(_load, hosts, one, archive, file): one for one in hosts.names}
        for job in as_completed(jobs):
            name = jobs[job]
            try:
                became[name] = job.result()
                yield StepDetail(text=f"{name}: {became[name]}")
            except StaxError as error:
                failed[name] = error
                yield StepDetail(text=f"{name}: failed")
    if failed:
        raise _not_everywhere(failed, became)
    return {name: became[name] for name in hosts.names}


def _not_everywhere(failed: dict[str, StaxError], became: dict[str, str]) -> StaxError:
    first = next(iter(failed.values()))
    message = f"{len(became)} of {len(became) + len(failed)} docker hosts have the image; {first.message}"
    return type(first)(message, hint=first.hint or "the same command again goes on with the rest")


def _load(hosts: DockerHosts, machine: str, archive: ImageArchive, file: Path) -> str:
    if _has(hosts, machine, archive):
        return THERE
    with file.open("rb") as source:
        done = hosts.attempt(machine, "docker", "load", "--quiet", given=source, limit_s=LOADED_WITHIN_S)
    if done.returncode:
        raise StaxError(f"{machine} does not load it: {last_words(done)}", hint="is its disk full? stax check")
    if not _has(hosts, machine, archive):
        raise StaxError(f"{machine} has loaded another image than {archive.image_id[:19]}")
    return LOADED


def _has(hosts: DockerHosts, machine: str, archive: ImageArchive) -> bool:
    """Return whether a host has exactly this image, under all its names."""
    done = hosts.attempt(machine, "docker", "image", "inspect", "--format", "{{.Id}}", *archive.tags)
    return not done.returncode and set(done.stdout.split()) == {archive.image_id}
