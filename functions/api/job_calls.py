"""What the API does to make jobs: announce, take a picture along, render once more, take a corrected matte."""

import hashlib
import json
import time
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.parameters import get_secret

from answers import KeyUsedTwice, NoPictureYet, NotFound, Overloaded
from cutout.errors import EmptyFile
from cutout.recipe import Recipe
from cutout.service import webhooks
from cutout.service.backgrounds import check_backgrounds
from cutout.service.jobs import Job, Source, request_job_id, timestamp
from cutout.service.keys import call_key
from cutout.service.prices import price_of
from cutout.service.settings import ApiSettings
from cutout.service.table import JobState, JobTable
from cutout.service.transactions import TooBusy
from cutout.service.withdrawing import withdraw
from direct_calls import DirectCalls, Throttled
from job_reads import JobReads
from job_requests import JobRequest, RenderRequest
from job_sources import JobSources
from job_views import JobView

SECRET_AGE_SECONDS = 300
MOST_LOOKS = 3
BUSY = "The account is in use by too many calls at this moment. Nothing was begun, and nothing is charged."
FULL = "Too many pictures are under way at this moment. Nothing was begun, and nothing is charged."

logger = Logger(service="api", child=True)


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who calls, and under which name a repetition of the call would come."""

    owner: str
    idempotency_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class JobCalls:
    """What making jobs needs, built once per process."""

    direct: DirectCalls
    table: JobTable
    reads: JobReads
    sources: JobSources
    settings: ApiSettings

    def make(self, request: JobRequest, image: bytes | None, caller: Caller) -> JobView:
        """Make the job of a picture that is here, lies somewhere, or is still to be uploaded."""
        if image == b"":
            raise EmptyFile("The picture is empty.")
        job_id = request_job_id(caller.owner, caller.idempotency_key)
        source, rendering_of = self.sources.of(request, image, job_id, caller.owner)
        job = self.new_job(job_id, caller, source, request.recipe, request.callback)
        asked = [request.file_name, request.url, request.key, _digest(image)]
        job = job.model_copy(update={"rendering_of": rendering_of, "asked": _asked("make", job, asked)})
        announced = not (image or request.url or request.key)
        waits = self.settings.upload_seconds if announced else 0
        state = self.admit(job, waits + self.settings.interactive_deadline_seconds)
        if announced:
            form = self.sources.upload_form(source.key)
            return self.answer(state).model_copy(update={"upload": form})
        if state.outcome is None:
            job = state.job if image is None else self.sources.put(state.job, image)
            usual = 0 if image is None else self.settings.direct_seconds
            state = self.carried(job, usual if request.wait_seconds is None else request.wait_seconds)
        return self.answer(state)

    def render(self, job_id: str, request: RenderRequest, caller: Caller) -> JobView:
        """Make a new job for the picture of one of the owner's jobs, with another recipe and the same matte."""
        first = self.arrived(job_id, caller.owner)
        job = self.once_more(first, caller, request.recipe, request.callback)
        job = job.model_copy(update={"asked": _asked("render", job, first.job.id)})
        state = self.admit(job, self.settings.interactive_deadline_seconds)
        # Again, too, for a repeated call: the first may have broken off, and for ingest it is one job.
        if state.outcome is None:
            state = self.carried(state.job, request.wait_seconds or 0)
        return self.answer(state)

    def correct(self, job_id: str, matte: bytes, caller: Caller) -> JobView:
        """Make a new job for the picture of one of the owner's jobs: the same recipe, with this matte."""
        if not matte:
            raise EmptyFile("The matte is empty.")
        first = self.arrived(job_id, caller.owner)
        job = self.once_more(first, caller, first.job.recipe, first.job.callback)
        key = call_key(caller.owner, job.id, "matte")
        asked = _asked("correct", job, [first.job.id, _digest(matte)])
        job = job.model_copy(update={"matte_key": key, "asked": asked})
        state = self.admit(job, self.settings.interactive_deadline_seconds)
        if state.outcome is None:
            self.sources.put_matte(state.job, matte)
            state = self.carried(state.job, self.settings.direct_seconds)
        return self.answer(state)

    def carried(self, job: Job, seconds: int) -> JobState:
        """How an admitted job stands after it was carried on for that long; without time it waits in its queue."""
        self.direct.carry(job, min(seconds, self.settings.direct_seconds))
        return self.reads.state_of(job.id, job.owner)

    def carried_if_room(self, job: Job, admitted: str) -> JobState:
        """How a job stands after it was carried on for a call's time, if its first stage had room for it.

        ``admitted`` is when its state was last written. Raises Overloaded: the job was withdrawn, or it is another
        call's, which carries it on.
        """
        try:
            self.direct.carry_if_room(job, self.settings.direct_seconds)
        except Throttled as error:
            withdraw(self.table, job.id, admitted)
            raise Overloaded(FULL) from error
        try:
            return self.reads.state_of(job.id, job.owner)
        except NotFound as error:  # a repetition of the call has withdrawn it just before it was begun
            raise Overloaded(FULL) from error

    def admit(self, job: Job, seconds: int) -> JobState:
        """Store a new job that has to end within these seconds; or find the one that this call stands for already.

        Raises
        ------
        KeyUsedTwice
            The Idempotency-Key stands for another call.
        Overloaded
            The account is in use by too many calls at once.
        """
        for _ in range(MOST_LOOKS):
            now = time.time()
            try:
                if self.table.create(job, int(now) + seconds, timestamp(now)):
                    logger.info("admitted", correlation_id=job.id, lane=job.lane)
                    return JobState(job=job, status="queued", updated=timestamp(now))
            except TooBusy as error:
                raise Overloaded(BUSY) from error
            known = self.table.find(job.id)
            if known is not None:
                return _same(known, job)
        raise Overloaded(BUSY)  # a repetition of the call has withdrawn the job, each time

    def new_job(
        self, job_id: str, caller: Caller, source: Source, recipe: Recipe, callback: str | None
    ) -> Job:
        """A job that may be admitted; raises BadCallback, BadBackground and BadUrl."""
        self.check_callback(callback)
        check_backgrounds(recipe, caller.owner, self.settings.fetch_exceptions)
        return Job(
            id=job_id,
            owner=caller.owner,
            lane="interactive",
            created=timestamp(time.time()),
            source=source,
            recipe=recipe,
            callback=callback,
            price=price_of("picture"),
        )

    def once_more(self, first: JobState, caller: Caller, recipe: Recipe, callback: str | None) -> Job:
        """A new job for the picture of another. It is free where the picture has been paid for at full size."""
        job_id = request_job_id(caller.owner, caller.idempotency_key)
        job = self.new_job(job_id, caller, first.job.source, recipe, callback)
        own = {
            "rendering_of": first.job.id,
            "matte_key": first.job.matte_key,
            "results_at": first.job.results_at,
            "price": first.rendering_price,
        }
        return job.model_copy(update=own)

    def arrived(self, job_id: str, owner: str) -> JobState:
        """One of the owner's jobs, whose picture is there; raises NotFound and NoPictureYet."""
        state = self.reads.state_of(job_id, owner)
        if not state.job.source.has_arrived:
            raise NoPictureYet(f"The picture of job {job_id!r} has not arrived yet.")
        return state

    def answer(self, state: JobState) -> JobView:
        """The view of a job for who made it: with what verifies its webhook."""
        view = self.reads.view(state)
        if state.job.callback is None:
            return view
        return view.model_copy(update={"webhook_secret": self.webhook_secret(state.job.owner)})

    def webhook_secret(self, owner: str) -> str:
        """What an owner verifies webhooks with."""
        master = str(get_secret(self.settings.secret, max_age=SECRET_AGE_SECONDS))
        return webhooks.endpoint_secret(master, owner)

    def check_callback(self, url: str | None) -> None:
        """Refuse an address that we would not deliver to, before the job exists; raises BadCallback."""
        if url is None:
            return
        if self.settings.allow_private_callbacks:
            webhooks.check_private_callback(url)
        else:
            webhooks.check_callback(url)


def _same(known: JobState, job: Job) -> JobState:
    """The job that there is, if it stands for the same call; raises KeyUsedTwice."""
    if known.job.asked != job.asked or known.deleted:
        raise KeyUsedTwice("This Idempotency-Key has been used for another request; use a new one.")
    return known


def _digest(body: bytes | None) -> str | None:
    return None if body is None else hashlib.sha256(body).hexdigest()


def _asked(call: str, job: Job, more: Any) -> str:
    """The identity of a call: all that its caller has said, but for how long to wait."""
    said = [call, job.recipe.model_dump(mode="json"), job.callback, more]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
