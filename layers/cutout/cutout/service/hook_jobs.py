"""From the pictures of a delivery to jobs, so that a delivery that comes again comes to the same ones."""

import hashlib
import json
import re
from dataclasses import dataclass

from cutout.recipe import Recipe
from cutout.service.hook_payloads import BadPayload, Found, Picture
from cutout.service.hooks import Hook, placeholders
from cutout.service.jobs import BUCKET_OWNER, Job, Source, timestamp
from cutout.service.keys import call_key, fetched_name, hook_results
from cutout.service.prices import price_of

_SAFE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
_MOMENT_DIGITS = 12  # of milliseconds since 1970, in hexadecimal: until the year 10889


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where a hook's jobs are made. ``bucket_account`` pays for the bucket's where the hook says nothing."""

    name: str
    hook: Hook
    source_bucket: str
    bucket_account: str

    def jobs(self, found: Found, delivery_id: str, now: float) -> list[Job]:
        """The jobs of a delivery, each once, in the order of its pictures.

        Raises
        ------
        BadPayload
            A picture has no id and its place needs one, or two pictures have one place.
        """
        shared = self._shared(found, delivery_id, now)
        jobs: dict[str, Job] = {}
        places: dict[str, Picture] = {}
        for picture in found.pictures:
            job = self._job(picture, self._place(picture, found.ids), shared)
            jobs[job.id] = job
            other = places.setdefault(job.results_at, picture)
            if (other.url, other.id) != (picture.url, picture.id):
                raise BadPayload(
                    f"pictures[{other.number - 1}] and pictures[{picture.number - 1}] would have one place; the "
                    "hook's `results` has to tell them apart."
                )
        return list(jobs.values())

    def _place(self, picture: Picture, ids: dict[str, str]) -> str:
        """The key below which a picture's results lie."""
        wanted = placeholders(self.hook.results)
        if picture.id is None and "picture_id" in wanted:
            raise BadPayload(
                f"pictures[{picture.number - 1}].id is missing; the hook's `results` has it in braces."
            )
        values = {
            **ids,
            "picture_id": picture.id or "",
            "number": str(picture.number),
            "file": fetched_name(picture.url),
            "digest": _digest(picture.url)[:16],
        }
        return hook_results(
            self.name, self.hook.results.format_map({n: safe_part(values[n]) for n in wanted})
        )

    def _shared(self, found: Found, delivery_id: str, now: float) -> "_Shared":
        hook, recipe = self.hook, self.hook.what_to_make
        which = [delivery_id] if hook.once_per == "delivery" else []
        return _Shared(
            recipe=recipe,
            identity=(self.name, hook.owner, _said_of(hook), *which),
            order=order_of(found.moment, now),
            created=timestamp(now),
            asked=_digest(delivery_id),
        )

    def _job(self, picture: Picture, place: str, shared: "_Shared") -> Job:
        hook = self.hook
        identity = [*shared.identity, place, picture.url, picture.id]
        job_id = _digest(json.dumps(identity))[:32]
        return Job(
            id=job_id,
            owner=hook.owner,
            lane=hook.lane,
            created=shared.created,
            source=Source(
                bucket=self.source_bucket,
                key=call_key(hook.owner, job_id, fetched_name(picture.url)),
                order=shared.order,
                url=picture.url,
            ),
            recipe=shared.recipe,
            callback=hook.callback,
            results_at=place,
            asked=shared.asked,
            payer=(hook.account or self.bucket_account) if hook.owner == BUCKET_OWNER else "",
            price=price_of("picture"),
        )


@dataclass(frozen=True, kw_only=True)
class _Shared:
    """What all jobs of one delivery have in common."""

    recipe: Recipe
    identity: tuple[str, ...]
    order: str
    created: str
    asked: str


def _said_of(hook: Hook) -> str:
    """What the document says is to be made; what a release adds to recipes or presets makes no new jobs."""
    if hook.preset is not None:
        return f"preset {hook.preset}"
    return "" if hook.recipe is None else hook.recipe.model_dump_json(exclude_unset=True)


def order_of(moment: float | None, now: float) -> str:
    """A delivery's place in the order of its sender's changes, as hexadecimal digits that sort.

    The sender's moment, then our arrival for changes of one moment. A moment that lies ahead of us counts as now: a
    wrong clock must not keep all later changes out.
    """
    changed = now if moment is None else min(moment, now)
    return "".join(f"{int(seconds * 1000):0{_MOMENT_DIGITS}x}" for seconds in (changed, now))


def safe_part(text: str) -> str:
    """A text as part of a key: letters, digits, dots, dashes and underscores stay, and it never begins with a dot.

    What has to be changed gets a digest behind it, so that two texts never become one.
    """
    if _SAFE.fullmatch(text):
        return text
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", text)[:60].strip("-.")
    return f"{plain or 'x'}-{_digest(text)[:12]}"


def delivery_id_of(found: Found, signed_id: str | None, body: bytes) -> str:
    """What makes a delivery recognised when it comes again. Headers that nobody has signed are not believed."""
    return found.delivery or signed_id or hashlib.sha256(body).hexdigest()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
