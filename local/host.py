"""The Lambda service of one machine: the emulator hands every invocation to this host.

Each function has a pool of sandboxes, as many at a time as the machine has cores for its memory. The credentials
that a sandbox works with are its own role's, so a permission missing in the template fails here too.
"""

import json
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.emulator import client
from local.runtime import PAYLOAD_LIMIT_BYTES, Answer, FunctionSpec, Sandbox, error

MB_PER_VCPU = 1769  # Lambda gives one vCPU for this much memory
DEPLOYMENT_SECONDS = 60
CLOSE_AT_ONCE = 8
MOST_AT_A_TIME = 8  # 50 processes that start at once on two cores take 12 s


def at_a_time(memory_mb: int) -> int:
    """How many of a function may run at once on this machine: as its share of a vCPU says."""
    cores = os.cpu_count() or 1
    return max(1, min(MOST_AT_A_TIME, int(cores * MB_PER_VCPU / memory_mb)))


@dataclass(frozen=True, kw_only=True)
class Memory:
    """A sandbox's peak beside what the template gives it."""

    function: str
    pid: int
    peak_mb: float
    limit_mb: int


class Pool:
    """The sandboxes of one function."""

    def __init__(self, spec: FunctionSpec, host: "Host") -> None:
        self.spec, self.host = spec, host
        self.lock = threading.Lock()
        self.free = threading.BoundedSemaphore(at_a_time(spec.memory_mb))
        self.idle: list[Sandbox] = []
        self.busy: list[Sandbox] = []

    def invoke(self, payload: bytes) -> Answer:
        """Run one event in a warm sandbox, or in a new one."""
        if len(payload) > PAYLOAD_LIMIT_BYTES:
            return error("RequestTooLarge", f"the event is over {PAYLOAD_LIMIT_BYTES:,} bytes")
        with self.free:
            sandbox = self._take()
            try:
                return sandbox.invoke(payload)
            finally:
                self._give_back(sandbox)

    def close(self) -> None:
        """End every process."""
        with self.lock:
            sandboxes, self.idle, self.busy = [*self.idle, *self.busy], [], []
        with ThreadPoolExecutor(CLOSE_AT_ONCE) as hands:  # each waits for its own server to notice
            list(hands.map(Sandbox.kill, sandboxes))

    def _take(self) -> Sandbox:
        with self.lock:
            while self.idle and not self.idle[-1].alive:
                self.idle.pop().kill()  # it was ended from outside; its port is still ours
            sandbox = self.idle.pop() if self.idle else self._start()
            self.busy.append(sandbox)
            return sandbox

    def _start(self) -> Sandbox:
        url = f"{self.host.url}/credentials/{self.spec.name}"
        return Sandbox(self.spec, url, self.host.endpoint)

    def _give_back(self, sandbox: Sandbox) -> None:
        with self.lock:
            if sandbox in self.busy:
                self.busy.remove(sandbox)
                if sandbox.alive:
                    self.idle.append(sandbox)
                else:
                    sandbox.kill()


class Host:
    """Listens on 127.0.0.1 for the emulator (invocations) and the sandboxes (credentials)."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.pools: dict[str, Pool] = {}
        self.roles: dict[str, str] = {}
        self.complete = threading.Event()
        self.sts = client("sts", endpoint)
        self.server = _HostServer(self)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.2,), daemon=True).start()

    def add(self, logical_id: str, spec: FunctionSpec, role: str) -> None:
        """Take a function in."""
        self.pools[logical_id] = Pool(spec, self)
        self.roles[spec.name] = role

    def open(self) -> None:
        """Every function is there: whoever has called one before is let in now."""
        self.complete.set()

    def invoke(self, logical_id: str, payload: bytes) -> Answer:
        """Run one event in a function; known by its logical id in the template."""
        # The emulator delivers S3's test event while the stack is still being made; a refusal would hide its message
        # for as long as it may be worked on.
        self.complete.wait(DEPLOYMENT_SECONDS)
        pool = self.pools.get(logical_id)
        if pool is None:
            return error("ResourceNotFoundException", f"no function {logical_id}")
        return pool.invoke(payload)

    def credentials(self, function: str) -> dict[str, str]:
        """Fresh keys of the function's own role, in the form of a container's credential endpoint."""
        keys = self.sts.assume_role(RoleArn=self.roles[function], RoleSessionName="sandbox")["Credentials"]
        return {
            "AccessKeyId": keys["AccessKeyId"],
            "SecretAccessKey": keys["SecretAccessKey"],
            "Token": keys["SessionToken"],
            "Expiration": keys["Expiration"].isoformat(),
        }

    def memory(self) -> list[Memory]:
        """The peak memory of every process there is now."""
        return [
            Memory(
                function=logical_id,
                pid=sandbox.process.pid,
                peak_mb=sandbox.peak_memory_mb(),
                limit_mb=pool.spec.memory_mb,
            )
            for logical_id, pool in self.pools.items()
            for sandbox in (*pool.idle, *pool.busy)
        ]

    def close(self) -> None:
        """End every process and the host."""
        with ThreadPoolExecutor(CLOSE_AT_ONCE) as hands:
            list(hands.map(Pool.close, self.pools.values()))
        self.server.shutdown()
        self.server.server_close()


class _HostServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, host: Host) -> None:
        super().__init__(("127.0.0.1", 0), _HostApi)
        self.host = host

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that gave up breaks its connection; that is no news."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _HostApi(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _HostServer

    def do_POST(self) -> None:  # /invoke/<logical id>, from the emulator
        payload = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.server.host.invoke(self.path.rsplit("/", 1)[-1], payload)
        self._send(500 if answer.failed else 200, answer.body)

    def do_GET(self) -> None:  # /credentials/<function name>, from a sandbox
        try:
            keys = self.server.host.credentials(self.path.rsplit("/", 1)[-1])
        except (BotoCoreError, ClientError) as error:  # the emulator is being started again
            self._send(503, json.dumps({"message": str(error)}).encode())
            return
        self._send(200, json.dumps(keys).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 its caller's name
        """The functions write their own log."""
