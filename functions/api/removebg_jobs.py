"""``/v1.0``: remove.bg's calls, answered by jobs that are carried through the stages while the caller waits."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from answers import Overloaded
from cutout.errors import CustomerError
from cutout.recipe import Image, Recipe
from cutout.service.accounts import Account, month_of
from cutout.service.connections import Deadline
from cutout.service.fetch import Policy, check_url, fetch
from cutout.service.jobs import Job, Source, request_job_id, timestamp
from cutout.service.keys import background_key, call_key, fetched_name
from cutout.service.ledger import Ledger
from cutout.service.limiter import Allowance, Limiter, TooManyRequests
from cutout.service.prices import price_of
from cutout.service.table import JobState
from job_calls import Caller, JobCalls
from removebg_account import ImproveRequest, account, improved, read_improve
from removebg_answer import Answer, Delivered, delivered, fits, refusal
from removebg_errors import STILL_WORKING, Refused, of_job, refused
from removebg_recipe import recipe_of
from removebg_request import Picture, RemovebgRequest, read_request

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

GRAPHIC_LANES = {"ink", "flat"}
NO_DRAWING = "type=graphic: the picture has no even background, so it was cut out as a photograph"
RETRY_SECONDS = 10
FETCH_SECONDS = 15
UNLIMITED = 1_000_000_00
"""what remove.bg's clients are told an account has that nothing limits, in hundredths of a credit"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Call:
    """One HTTP call."""

    caller: Caller
    content_type: str | None
    accept: str | None
    body: bytes


@dataclass(frozen=True, kw_only=True)
class RemovebgJobs:
    """What remove.bg's routes need, built once per process."""

    calls: JobCalls
    limiter: Limiter
    ledger: Ledger
    s3: "S3Client"
    policy: Policy
    source_bucket: str
    result_bucket: str

    def remove(self, call: Call) -> Answer:
        """``POST /v1.0/removebg``: a picture in, its cutout out."""
        return self.answered(call, self.cut_out)

    def improve(self, call: Call) -> Answer:
        """``POST /v1.0/improve``: keep a bad case for its sender; nothing leaves the account."""
        return self.answered(call, self.keep)

    def account(self, caller: Caller) -> Answer:
        """``GET /v1.0/account``: what is left."""
        now = timestamp(time.time())
        return account(left(self.ledger.account_of(caller.owner, now), month_of(now)))

    def answered(self, call: Call, work: Callable[[Call, Allowance], Answer]) -> Answer:
        """What ``work`` answers, or why it refused; every call counts for its key's minute."""
        try:
            rate = self.limiter.admit(call.caller.owner, time.time())
        except TooManyRequests as error:
            return refusal(of_job(error.code, str(error)), error.allowance, error.retry_after_seconds)
        try:
            return work(call, rate)
        except Refused as error:
            return refusal(error, rate)
        except Overloaded as error:
            return refusal(of_job(error.code, str(error)), rate, error.retry_after_seconds)
        except CustomerError as error:
            return refusal(of_job(error.code, str(error)), rate)

    def cut_out(self, call: Call, rate: Allowance) -> Answer:
        """Admit a job, bring its pictures to their places, carry it on, and tell how it ended."""
        request = read_request(call.content_type, call.body)
        job = self.job_of(request, call)
        state = self.calls.admit(job, self.calls.settings.interactive_deadline_seconds)
        if state.outcome is None:
            self.bring(job, request)
            job = self.with_picture(state.job, request.picture)
            state = self.calls.carried_if_room(job, state.updated)
        if state.outcome is None:
            still = refused(STILL_WORKING, still_working(job.id))
            return with_job(refusal(still, rate, RETRY_SECONDS), job.id)
        if state.outcome.status == "failed":
            return with_job(refusal(of_job(state.outcome.code, state.outcome.reason), rate), job.id)
        return with_job(delivered(self.found(state, request), request.parameters, call.accept, rate), job.id)

    def job_of(self, request: RemovebgRequest, call: Call) -> Job:
        """The job that a request stands for."""
        caller = call.caller
        job_id = request_job_id(caller.owner, caller.idempotency_key)
        key = call_key(caller.owner, job_id, fetched_name(request.picture.url))
        source = Source(bucket=self.source_bucket, key=key, url=request.picture.url)
        if request.picture.url:
            check_url(request.picture.url, field="image_url", exceptions=self.policy.exceptions)
        job = self.calls.new_job(job_id, caller, source, self.recipe_of(request, caller.owner, job_id), None)
        return job.model_copy(
            update={"price": price_of(request.kind), "asked": f"removebg {request.identity}"}
        )

    def recipe_of(self, request: RemovebgRequest, owner: str, job_id: str) -> Recipe:
        """The recipe, with the background picture's address or future place."""
        behind = request.background
        if behind is None:
            return recipe_of(request.parameters)
        if behind.url:
            check_url(behind.url, field="bg_image_url", exceptions=self.policy.exceptions)
            return recipe_of(request.parameters, Image(url=behind.url))
        return recipe_of(request.parameters, Image(key=background_key(owner, job_id)))

    def bring(self, job: Job, request: RemovebgRequest) -> None:
        """Put a background picture that came along into its place."""
        if request.background is not None and request.background.content:
            key = background_key(job.owner, job.id)
            self.s3.put_object(Bucket=self.source_bucket, Key=key, Body=request.background.content)

    def with_picture(self, job: Job, picture: Picture) -> Job:
        """The job with its picture in its place, if that came along."""
        return job if picture.url else self.calls.sources.put(job, picture.content)

    def found(self, state: JobState, request: RemovebgRequest) -> Delivered:
        """What a finished job made."""
        assert state.outcome is not None
        result, hinted = state.outcome.results[0], request.parameters.type == "graphic"
        content = b""
        if fits(result.size_bytes):
            content = self.s3.get_object(Bucket=self.result_bucket, Key=result.key)["Body"].read()
        return Delivered(
            result=result,
            content=content,
            link=self.calls.reads.link(result.key),
            charged=state.taken.amount,
            drawn=state.outcome.lane in GRAPHIC_LANES,
            notes=request.notes + ((NO_DRAWING,) if hinted and state.outcome.lane == "photo" else ()),
        )

    def keep(self, call: Call, rate: Allowance) -> Answer:
        """Store a bad case beside the results, below its sender's own prefix."""
        request: ImproveRequest = read_improve(call.content_type, call.body)
        case = secrets.token_hex(16)
        folder = f"improve/{call.caller.owner}/{case}"
        said = request.complaint.model_dump() | {
            "image_url": request.picture.url,
            "sent": timestamp(time.time()),
        }
        picture = request.picture.content or self.fetched(request.picture.url)
        self.s3.put_object(Bucket=self.result_bucket, Key=f"{folder}/picture", Body=picture)
        self.s3.put_object(
            Bucket=self.result_bucket, Key=f"{folder}/case.json", Body=json.dumps(said).encode()
        )
        return improved(case, rate)

    def fetched(self, url: str) -> bytes:
        """A bad case that was given by its address: what is there today, and may not be there tomorrow."""
        deadline = Deadline.after(FETCH_SECONDS)
        return fetch(url, field="image_url", policy=self.policy, deadline=deadline)


def left(account: Account, month: str) -> int:
    """What an account may still spend, in hundredths of a credit: its balance, and the room below its cap."""
    balance = account.balance if account.kind == "prepaid" else UNLIMITED
    if account.cap is None:
        return balance
    return max(0, min(balance, account.cap - account.usage(month).committed))


def still_working(job_id: str) -> str:
    """What to do about a picture that takes longer than a call."""
    return (
        f"The picture takes longer than one call may: job {job_id} goes on. Ask for it with GET /v1/jobs/{job_id}, or "
        "repeat this call later with the same Idempotency-Key, if it had one."
    )


def with_job(answer: Answer, job_id: str) -> Answer:
    """The answer with the job's id, for reports, renders and questions."""
    return Answer(status=answer.status, headers=answer.headers | {"X-Job-Id": job_id}, body=answer.body)
