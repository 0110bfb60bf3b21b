"""The words about webhooks in both directions and about batches: a table with one entry a route."""

from route_words import Route

ROUTES = {
    "make_webhook": Route(
        tag="Webhooks",
        summary="Register an endpoint",
        description="It gets a signed POST for each of your events from now on. The answer alone shows its secret.",
        answers={201: "The endpoint, with its secret."},
        refuses=(409, 415),
    ),
    "list_webhooks": Route(
        tag="Webhooks", summary="List your endpoints", answers={200: "All of them, at most 10."}
    ),
    "get_webhook": Route(
        tag="Webhooks", summary="Look at an endpoint", answers={200: "The endpoint."}, refuses=(404,)
    ),
    "delete_webhook": Route(
        tag="Webhooks",
        summary="Forget an endpoint",
        description="What is still on its way to it is not sent any more.",
        answers={204: "Forgotten."},
        refuses=(404,),
    ),
    "rotate_webhook": Route(
        tag="Webhooks",
        summary="Change an endpoint's secret",
        description="For 24 hours everything is signed with the old secret, too. The answer alone shows the new one.",
        answers={200: "The endpoint, with its new secret."},
        refuses=(404,),
    ),
    "ping_webhook": Route(
        tag="Webhooks",
        summary="Send a test to an endpoint",
        description="One signed POST of the type `ping`, now, also to a disabled endpoint.",
        answers={200: "What became of it."},
        refuses=(404,),
    ),
    "disable_webhook": Route(
        tag="Webhooks",
        summary="Tell an endpoint nothing any more",
        answers={200: "The endpoint, disabled."},
        refuses=(404,),
    ),
    "enable_webhook": Route(
        tag="Webhooks",
        summary="Tell an endpoint again",
        description="Of what happens from now on. What it has missed can be sent again by hand.",
        answers={200: "The endpoint, enabled."},
        refuses=(404,),
    ),
    "list_deliveries": Route(
        tag="Webhooks",
        summary="List what was delivered to an endpoint",
        description="Newest first, of the last 30 days. `callbacks` in place of an id: what went to the callbacks "
        "that your jobs came with.",
        answers={200: "A page of deliveries, with their attempts."},
        refuses=(404,),
    ),
    "redeliver_webhook": Route(
        tag="Webhooks",
        summary="Send an event once more",
        description="Now, with the same webhook-id, and with all the retries again.",
        answers={202: "The delivery; it is under way."},
        refuses=(404, 409),
    ),
    "make_batch": Route(
        tag="Batches",
        summary="Have many pictures cut out as one",
        description="`items` lists up to 1,000 pictures, `manifest` is a list of up to 100,000 (see `make_manifest`), "
        "`prefix` stands for every object of the source bucket below it that is yours or has been granted to you. "
        "Its jobs are made after this answer; they never delay a job that somebody waits for. Results lie below "
        "`batches/<id>/<name or key>`.",
        answers={202: "The batch; its jobs are being made."},
        refuses=(404, 409, 413, 415),
    ),
    "list_batches": Route(
        tag="Batches",
        summary="List your batches",
        description="Newest first.",
        answers={200: "A page of batches."},
    ),
    "get_batch": Route(
        tag="Batches",
        summary="Ask how a batch stands",
        answers={200: "The batch, and what has become of its jobs."},
        refuses=(404,),
    ),
    "cancel_batch": Route(
        tag="Batches",
        summary="Make no more of a batch",
        description="No more jobs are made. Those that nobody has begun end as failed with the code `cancelled` and "
        "cost nothing; those under way end as they would have.",
        answers={200: "The batch."},
        refuses=(404, 409),
    ),
    "get_batch_report": Route(
        tag="Batches",
        summary="Go to a batch's report",
        description="Its sums, and every job with what became of it.",
        answers={303: "It is there."},
        refuses=(404, 409),
    ),
    "make_manifest": Route(
        tag="Batches",
        summary="Get a form to upload a list of pictures with",
        description="JSON lines: one item a line, as in `items` of a batch. CSV: a first line that names the columns, "
        "`key` or `url`, and if wanted `name` and `preset`.",
        answers={200: "The form, and the key to name in `manifest`."},
        refuses=(413, 415),
    ),
    "receive_hook": Route(
        tag="Hooks",
        summary="Take a webhook of somebody else",
        description="For a shop or a content system that signs what it sends: the hook's document says how it is "
        "verified, what of the payload is a picture, and what is made of it. What was taken already is taken once.",
        answers={200: "Nothing in it is new.", 202: "What is new in it waits to be cut out."},
        refuses=(401, 404, 413),
        needs_key=False,
    ),
}
