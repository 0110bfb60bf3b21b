"""The emulator's own process: ministack, for as long as its parent lives.

The parent holds the other end of this process's standard input. However the parent ends, the system closes that
end, and the emulator stops: nothing keeps listening after a crash.
"""

import os
import signal
import sys
import threading

from ministack.app import main

from local.emulator_objects import guard_objects
from local.emulator_queues import guard_queues
from local.emulator_rights import name_rights
from local.emulator_tags import forget_tags_of_the_replaced


def stop_with_parent() -> None:
    """Wait until the parent is gone, then ask this process to stop."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


guard_queues()
forget_tags_of_the_replaced()
name_rights()
guard_objects()
threading.Thread(target=stop_with_parent, daemon=True).start()
main()
