"""Webhooks as their receivers see them: signed, repeated, and told on the bus too."""

import json
import time
import uuid

from standardwebhooks import Webhook

from cutout.service.jobs import BUCKET_OWNER, owner_of
from driver import Admin, Driver, disc
from webhook_receiver import Receiver
from webhook_steps import deliveries, hang, job_of, register, settled, signature, tell


def test_an_endpoint_gets_a_ping_and_the_end_of_a_job_both_signed(flow: Driver, receiver: Receiver) -> None:
    endpoint = register(flow, flow.key, receiver.url + "/hook", events=["job.completed"])

    status, ping = flow.call("POST", f"/v1/webhooks/{endpoint['id']}/ping", key=flow.key)
    job = flow.cut_out(disc(shift=6))
    posts = receiver.wait(lambda came: len(came) == 2)
    flow.call("DELETE", f"/v1/webhooks/{endpoint['id']}", key=flow.key)

    assert (status, ping["accepted"], ping["status"]) == (200, True, 204)
    for post in posts:
        assert post.headers["webhook-signature"] == signature(endpoint["secret"], post)
        Webhook(endpoint["secret"]).verify(post.body, post.headers)
    assert json.loads(posts[0].body)["type"] == "ping"
    news = json.loads(posts[1].body)
    assert (posts[1].id, news["data"]["job"]) == (f"{job['id']}-completed", job["id"])
    link = news["data"]["results"][0]["link"].removeprefix(flow.stack.deployed.api_url)
    assert flow.raw("GET", link, key=flow.key)[0] == 303


def test_an_endpoint_that_fails_is_tried_again_with_the_same_id(
    flow: Driver, receiver: Receiver, key: str
) -> None:
    endpoint = register(flow, key, receiver.url)
    receiver.answers.append(503)

    webhook_id = tell(flow, job_of(key))

    [delivery] = settled(flow, key, endpoint["id"])
    assert (delivery["status"], delivery["webhook_id"]) == ("delivered", webhook_id)
    assert [one["status"] for one in delivery["attempts"]] == [503, 204]
    assert [post.id for post in receiver.came] == [webhook_id, webhook_id]
    flow.wait_until_empty("Delivery")  # a right that is missing would bring the message back


def test_the_command_line_tells_what_verifies_the_callbacks_of_jobs_that_no_call_has_made(
    flow: Driver, run: Admin, receiver: Receiver, key: str
) -> None:
    of_bucket = job_of(key, receiver.url).model_copy(update={"owner": BUCKET_OWNER})
    tell(flow, of_bucket)
    [post] = receiver.wait(lambda came: len(came) == 1)
    _, announced = flow.call("POST", "/v1/jobs", {"callback": receiver.url}, key)

    code, said = run("callback-secret", "bucket")

    assert code == 0
    Webhook(said.strip()).verify(post.body, post.headers)
    assert run("callback-secret", owner_of(key)) == (0, announced["webhook_secret"] + "\n")
    assert run("callback-secret", "nobody")[0] == 2


def test_what_was_delivered_can_be_delivered_again(flow: Driver, receiver: Receiver, key: str) -> None:
    endpoint = register(flow, key, receiver.url)
    tell(flow, job_of(key))
    [delivery] = settled(flow, key, endpoint["id"])

    status, _ = flow.call(
        "POST", f"/v1/webhooks/{endpoint['id']}/deliveries/{delivery['id']}/redeliver", key=key
    )

    first, second = receiver.wait(lambda came: len(came) == 2)
    assert status == 202
    assert (first.id, first.body) == (second.id, second.body)
    until = time.monotonic() + 10
    while len(settled(flow, key, endpoint["id"])[0]["attempts"]) < 2:
        assert time.monotonic() < until
    assert settled(flow, key, endpoint["id"])[0]["status"] == "delivered"


def test_news_that_come_twice_are_delivered_once(flow: Driver, receiver: Receiver, key: str) -> None:
    endpoint, job = register(flow, key, receiver.url), job_of(key)

    for _ in range(3):
        tell(flow, job)
    settled(flow, key, endpoint["id"])
    flow.wait_until_empty("Notify")
    flow.wait_until_empty("Delivery")

    assert [post.id for post in receiver.came] == [f"{job.id}-failed"]


def test_a_receiver_that_hangs_delays_nobody_else(flow: Driver, receiver: Receiver, key: str) -> None:
    hang(flow, receiver, key, 5)  # so that as many processes are warm
    receiver.release()
    settled_at_least_one_try(flow, key)
    slow, other = flow.another_key(), flow.another_key()
    register(flow, other, receiver.url + "/quick")
    hang(flow, receiver, slow, 3)

    began = time.monotonic()
    tell(flow, job_of(other))
    receiver.wait(lambda _: len(receiver.at("/quick")) == 1)

    assert time.monotonic() - began < 4  # a hanging POST takes 5 s
    receiver.release()


def settled_at_least_one_try(flow: Driver, key: str) -> None:
    until = time.monotonic() + 20
    while not all(one["attempts"] for one in deliveries(flow, key, "callbacks")):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_an_owner_sees_what_went_to_the_callbacks_of_its_jobs(
    flow: Driver, receiver: Receiver, key: str
) -> None:
    ids = []
    for number in range(3):
        ids.append(tell(flow, job_of(key, f"{receiver.url}/{number}?token=hush")))
        settled(flow, key, "callbacks", number + 1)

    _, first = flow.call("GET", "/v1/webhooks/callbacks/deliveries?limit=2", key=key)
    _, rest = flow.call("GET", f"/v1/webhooks/callbacks/deliveries?cursor={first['cursor']}", key=key)

    seen = [*first["deliveries"], *rest["deliveries"]]
    assert [one["webhook_id"] for one in seen] == ids[::-1]
    assert seen[0]["url"] == f"{receiver.url}/2"
    assert deliveries(flow, flow.another_key(), "callbacks") == []


def test_the_same_events_go_to_the_bus(flow: Driver, key: str) -> None:
    sqs, bus = flow.stack.client("sqs"), flow.stack.client("events")
    queue = sqs.create_queue(QueueName=f"listener-{uuid.uuid4().hex[:8]}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    name = flow.stack.name("EventBus")
    bus.put_rule(Name="failures", EventBusName=name, EventPattern=json.dumps({"detail-type": ["job.failed"]}))
    bus.put_targets(Rule="failures", EventBusName=name, Targets=[{"Id": "1", "Arn": arn}])

    webhook_id = tell(flow, job_of(key))

    [message] = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=15)["Messages"]
    bus.remove_targets(Rule="failures", EventBusName=name, Ids=["1"])
    bus.delete_rule(Name="failures", EventBusName=name)
    event = json.loads(message["Body"])
    assert (event["source"], event["detail"]["id"]) == ("cutout", webhook_id)
    assert event["detail"]["data"]["reason"] == "Empty."


def test_neither_secrets_nor_a_receiver_s_words_come_into_logs_and_answers(
    flow: Driver, receiver: Receiver, key: str
) -> None:
    endpoint = register(flow, key, receiver.url + "/hook?token=hush-hush")
    receiver.answers += [500, 500]
    _, ping = flow.call("POST", f"/v1/webhooks/{endpoint['id']}/ping", key=key)

    tell(flow, job_of(key))
    listed = settled(flow, key, endpoint["id"])

    logs = "".join(
        flow.stack.host.pools[f"{name}Function"].spec.log.read_text() for name in ("Notify", "Api")
    )
    assert len(listed[0]["attempts"]) == 2
    assert "the-receiver-says" not in json.dumps([ping, listed])
    for hidden in ("the-receiver-says", "hush-hush", "whsec_", endpoint["secret"]):
        assert hidden not in logs
