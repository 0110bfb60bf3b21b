"""The emulated queues under two threads, in a process of their own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RACE = """
import threading, time
from local.emulator_queues import guard_queues
guard_queues()
from ministack.services import sqs

class Slow(list):  # whoever has walked through it takes its time before the next step
    def __iter__(self):
        yield from super().__iter__()
        walked.set()
        time.sleep(0.3)

walked = threading.Event()
url = sqs._HANDLERS["CreateQueue"]({"QueueName": "q"}, "")["QueueUrl"]
sqs._HANDLERS["SendMessage"]({"QueueUrl": url, "MessageBody": "first"}, "")
[first] = sqs._receive_messages_for_esm(url, 1)
sqs._queues[url]["messages"] = Slow(sqs._queues[url]["messages"])
deleting = threading.Thread(target=sqs._delete_messages_for_esm, args=(url, {first["receipt_handle"]}))
deleting.start()
walked.wait(5)
sqs._HANDLERS["SendMessage"]({"QueueUrl": url, "MessageBody": "second"}, "")
deleting.join()
print([message["body"] for message in list.__iter__(sqs._queues[url]["messages"])])
"""


def test_a_message_that_is_sent_while_another_is_deleted_stays() -> None:
    done = subprocess.run(
        [sys.executable, "-c", RACE], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.stdout.strip() == "['second']", done.stderr
