"""Where objects lie. Every key of the project is made here."""

import hashlib
import json
import re
from urllib.parse import unquote

from cutout.recipe import Recipe
from cutout.service.report import PIPELINE_VERSION

KEPT_FORM = 2  # of the files of kept cutouts: one more whenever older ones cannot be read any more
MAX_KEY_BYTES = 1024
ROOM_FOR_NAME_BYTES = 64
UPLOAD_PREFIX = "api/"
CALLS_PREFIX = "calls/"  # what came inside an API call, or was fetched for a job
BEHIND = "-background"  # no name of a fetched picture begins so: the two never meet
BACKGROUNDS_PREFIX = "backgrounds/"  # pictures in the source bucket that are not cut out
CORRECTIONS_PREFIX = (
    "corrections/"  # corrected mattes of pictures in the source bucket, by the pictures' keys
)
RULES_KEY = "config/rules.json"  # in the work bucket: whoever may only upload pictures cannot change it
HOOKS_PREFIX = (
    "config/hooks/"  # documents in the work bucket: who may only upload pictures cannot change them
)


def proxy_key(job_id: str, proxy_sha256: str) -> str:
    """The model-sized picture of one job, in the work bucket. By its content: a second upload replaces nothing."""
    return f"work/{job_id}/{proxy_sha256}.bmp"


def matte_key(proxy_sha256: str, model_sha256: str) -> str:
    """A coarse matte in the work bucket, found again by what it was made from and made with.

    It depends on the proxy's pixels alone, so the same photograph under two keys, or with a new recipe, costs no
    second inference.
    """
    return f"mattes/{proxy_sha256}/{model_sha256[:16]}.png"


def how_cut(recipe: Recipe, model: str) -> str:
    """All that decides how a picture is cut out by the network.

    What is not in it (backgrounds, formats, presets) costs neither inference nor refinement a second time.
    """
    choices = [recipe.roi, recipe.input_alpha, recipe.interiors]
    return json.dumps([PIPELINE_VERSION, KEPT_FORM, model, *choices])


def cutout_key(source_sha256: str, choices: str) -> str:
    """A finished cutout in the work bucket, found again by the upload's bytes and by how they were cut out."""
    return f"cutouts/{source_sha256}/{hashlib.sha256(choices.encode()).hexdigest()[:16]}.npz"


def hook_key(name: str) -> str:
    """The document of a hook, in the work bucket."""
    return f"{HOOKS_PREFIX}{name}.json"


def hook_results(name: str, path: str) -> str:
    """Where the results of a hook's picture lie, in the result bucket."""
    return f"hooks/{name}/{path}"


def result_key(folder: str, file_name: str) -> str:
    """A result in the result bucket, below its job's folder: the source's whole key, so ``a.jpg`` and ``a.png`` never
    meet.

    A folder that leaves no room for that is replaced by its digest.
    """
    if len(folder.encode()) + ROOM_FOR_NAME_BYTES > MAX_KEY_BYTES:
        folder = "long/" + hashlib.sha256(folder.encode()).hexdigest()
    return f"{folder}/{file_name}"


def report_key(folder: str) -> str:
    """The report beside the results."""
    return result_key(folder, "report.json")


def upload_key(owner: str, job_id: str, file_name: str) -> str:
    """Where the upload of an API job belongs, in the source bucket."""
    return f"{UPLOAD_PREFIX}{owner}/{job_id}/{file_name}"


def call_key(owner: str, job_id: str, name: str) -> str:
    """Where what came inside an API call, or is fetched for its job, lies in the source bucket."""
    return f"{CALLS_PREFIX}{owner}/{job_id}/{name}"


def fetched_name(url: str) -> str:
    """What a picture that is fetched from a URL is called: the last part of its path, if there is anything left of it.

    Letters, digits, dots, dashes and underscores stay, at most 100 of them.
    """
    path = re.split(r"[?#]", url, maxsplit=1)[0].partition("//")[2].partition("/")[2]
    last = unquote(path).rpartition("/")[2]
    return re.sub(r"[^A-Za-z0-9._-]+", "-", last)[-100:].strip("-.") or "picture"


def background_key(owner: str, job_id: str) -> str:
    """Where a background picture that came inside a call lies in the source bucket."""
    return call_key(owner, job_id, BEHIND)


def fetched_background_key(owner: str, job_id: str, url: str) -> str:
    """Where a background picture that is fetched for a job lies in the source bucket."""
    return call_key(owner, job_id, f"{BEHIND}-{hashlib.sha256(url.encode()).hexdigest()[:32]}")


def own_folders(owner: str, job_id: str) -> tuple[str, str]:
    """All that lies below these in the source bucket was brought by this job."""
    return upload_key(owner, job_id, ""), call_key(owner, job_id, "")


def job_of_key(owner: str, source_key: str) -> str | None:
    """The owner's job that brought this object into the source bucket; None if it is not the owner's own."""
    parts = source_key.split("/")
    is_own = source_key.startswith((f"{UPLOAD_PREFIX}{owner}/", f"{CALLS_PREFIX}{owner}/"))
    return parts[2] if is_own and len(parts) == 4 and parts[3] else None


def corrected_key(source_sha256: str, matte_sha256: str, choices: str) -> str:
    """A finished cutout whose matte was the customer's, in the work bucket."""
    return cutout_key(source_sha256, json.dumps([choices, matte_sha256]))


def corrected_source_key(key: str) -> str | None:
    """The picture whose matte this object corrects: its key without the prefix and the last extension.

    ``corrections/shoes/a.jpg.png`` is for ``shoes/a.jpg``. None: the name has no extension, or nothing before it.
    """
    source_key, dot, extension = key.removeprefix(CORRECTIONS_PREFIX).rpartition(".")
    named = bool(source_key) and not source_key.endswith("/")
    return source_key if dot and named and "/" not in extension else None


def announced_job_id(source_key: str) -> str | None:
    """The job that an API call announced this upload for, or None for an ordinary upload."""
    parts = source_key.split("/")
    return parts[2] if source_key.startswith(UPLOAD_PREFIX) and len(parts) == 4 else None
