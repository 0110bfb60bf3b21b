"""The words of the API's description: a table with one entry a route."""

from typing import Any

import event_descriptions
from answers import JSON, Refusal
from route_words import Route

ERRORS = {
    400: "The request does not fit; the detail names the field, the value and what is allowed.",
    401: "The signature is missing, too old, or does not fit the body.",
    402: "The account's credits or its monthly cap do not suffice; nothing was done.",
    403: "No API key, an unknown one, no such route, or nothing that is granted to this key.",
    404: "There is no such thing for this key.",
    409: "Not as things stand; the code says why.",
    413: "The body is too large for the gateway (about 4.5 MB): use an upload form or `url`.",
    415: "A Content-Type that this route does not read.",
    429: "Too many requests; try again later.",
    503: "It takes longer than one call may: the job goes on, and its id is in X-Job-Id.",
    502: "Our own fault; the call may be repeated with the same Idempotency-Key.",
    504: "Not answered in time; the call may be repeated with the same Idempotency-Key.",
}
GATEWAY = (400, 403, 429, 502, 504)  # what any route may answer
REDIRECT = {"Location": {"description": "A link that is good for a while", "schema": {"type": "string"}}}


ROUTES = {
    "make_job": Route(
        tag="Jobs",
        summary="Make a job",
        description="The picture comes inside the call (`image_b64`, or a form with a file `image` and a field "
        "`request`), lies at a `url` or under a `key` of an earlier call, or is uploaded afterwards: without any of "
        "these the answer has a form for it.",
        answers={200: "The job has ended.", 202: "The job goes on, or waits for its upload."},
        refuses=(402, 404, 409, 413, 415),
    ),
    "list_jobs": Route(
        tag="Jobs", summary="List your jobs", description="Newest first.", answers={200: "A page of jobs."}
    ),
    "get_job": Route(
        tag="Jobs",
        summary="Ask how a job stands",
        answers={200: "The job, with links to what it made."},
        refuses=(404,),
    ),
    "delete_job": Route(
        tag="Jobs",
        summary="Delete an ended job",
        description="Its results, its report and the picture that it brought. Renderings of it stay, and cannot be "
        "rendered again. What it cost stays in the ledger.",
        answers={204: "Deleted."},
        refuses=(404, 409),
    ),
    "cancel_job": Route(
        tag="Jobs",
        summary="End an open job",
        description="It ends as failed with the code `cancelled` and costs nothing.",
        answers={200: "The job, cancelled."},
        refuses=(404, 409),
    ),
    "get_report": Route(
        tag="Results",
        summary="Go to a job's report",
        answers={303: "It is there."},
        refuses=(404, 409),
    ),
    "get_result": Route(
        tag="Results",
        summary="Go to a job's result",
        description="By the name of the file, or of the output where that made one file only.",
        answers={303: "It is there."},
        refuses=(404, 409),
    ),
    "render_job": Route(
        tag="Jobs",
        summary="Render a job's picture once more",
        description="With another recipe, without inference. A corrected matte stays in force.",
        answers={200: "The new job has ended.", 202: "The new job goes on."},
        refuses=(402, 404, 409, 413, 415),
    ),
    "correct_job": Route(
        tag="Jobs",
        summary="Correct a job's matte",
        description="The body is a PNG, WebP or TIFF of the picture's size or smaller in the same proportions: grey, "
        "or with transparency, which then counts alone. A new job makes everything anew with it.",
        answers={200: "The new job has ended.", 202: "The new job goes on."},
        refuses=(402, 404, 409, 413, 415),
    ),
    **event_descriptions.ROUTES,
    "removebg": Route(
        tag="remove.bg",
        summary="Cut one picture out",
        description="As remove.bg's `POST /v1.0/removebg`. The answer is the file, or JSON around it with "
        "`Accept: application/json`.",
        answers={200: "The file.", 303: "The file is too large for an answer; it lies there."},
        refuses=(402, 409, 413, 503),
    ),
    "removebg_account": Route(tag="remove.bg", summary="Tell the credits", answers={200: "What is left."}),
    "removebg_improve": Route(
        tag="remove.bg",
        summary="Keep a bad case",
        description="The picture and what is said of it stay in this account, for its sender.",
        answers={200: "It is kept."},
        refuses=(413,),
    ),
    "list_presets": Route(
        tag="About", summary="What can be made by name", answers={200: "Every preset with its rules."}
    ),
    "list_models": Route(
        tag="About", summary="Which networks are deployed", answers={200: "The deployed networks."}
    ),
    "get_usage": Route(
        tag="About", summary="What you have used", answers={200: "What one month (UTC) came to."}
    ),
    "get_health": Route(
        tag="About", summary="Whether the API answers", answers={200: "It does."}, needs_key=False
    ),
    "get_description": Route(
        tag="About", summary="This description", answers={200: "OpenAPI 3.1."}, needs_key=False
    ),
}


def described(name: str) -> dict[str, Any]:
    """What the resolver is told of a route, beside its path."""
    route = ROUTES[name]
    return {
        "operation_id": name,
        "summary": route.summary,
        "description": route.description or None,
        "tags": [route.tag],
        "responses": {
            **{status: _good(status, words) for status, words in route.answers.items()},
            **{status: _bad(status) for status in sorted({*GATEWAY, *route.refuses})},
        },
    }


def _good(status: int, words: str) -> dict[str, Any]:
    """Without content it is what the route's function returns."""
    match status:
        case 204:
            return {"description": words, "content": {}}
        case 303:
            return {"description": words, "content": {}, "headers": REDIRECT}
        case _:
            return {"description": words}


def _bad(status: int) -> dict[str, Any]:
    return {"description": ERRORS[status], "content": {JSON: {"model": Refusal}}}
