"""One execution environment of a function: a process under the real awslambdaric, and its Runtime API.

The protocol is AWS Lambda's own (2018-06-01): the process asks for the next invocation, and posts a response or an
error. Each environment has its own port on 127.0.0.1, because the client's error path takes a host and port only.
"""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any

PAYLOAD_LIMIT_BYTES = 6 * 1024 * 1024  # Lambda's, for a synchronous call, each way
INIT_SECONDS = 60  # Lambda allows 10 s and then repeats within the invocation; a laptop is slower
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE")


@dataclass(frozen=True, kw_only=True)
class FunctionSpec:
    """A function as the template describes it."""

    name: str
    arn: str
    handler: str
    folder: Path
    python_path: tuple[Path, ...]
    memory_mb: int
    timeout_seconds: int
    environment: dict[str, str]
    log: Path


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of one invocation: the handler's JSON, or an error document."""

    body: bytes
    failed: bool = False


@dataclass(kw_only=True)
class Invocation:
    """One event on its way through the process."""

    id: str
    payload: bytes
    deadline: float
    done: threading.Event = field(default_factory=threading.Event)
    answer: Answer | None = None

    def settle(self, answer: Answer) -> None:
        """Give the answer; only the first one counts."""
        if not self.done.is_set():
            self.answer = answer
            self.done.set()


def error(kind: str, message: str) -> Answer:
    """An error document as Lambda writes it."""
    return Answer(body=json.dumps({"errorType": kind, "errorMessage": message}).encode(), failed=True)


def peak_memory_mb(pid: int) -> float:
    """The largest resident set that a process has had (Linux; 0 elsewhere)."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    kib = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")]
    return int(kib[0]) / 1024 if kib else 0.0


class Sandbox:
    """One process of one function, invoked with one event at a time."""

    def __init__(self, spec: FunctionSpec, credentials_url: str, endpoint: str) -> None:
        self.spec = spec
        self.inbox: queue.Queue[Invocation | None] = queue.Queue()
        self.ready = threading.Event()
        self.current: Invocation | None = None
        self.init_error: Answer | None = None
        self.server = _RuntimeServer(self)
        threading.Thread(target=self.server.serve_forever, args=(0.2,), daemon=True).start()
        self.log: IO[bytes] = spec.log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", spec.handler],
            cwd=spec.folder,
            env=self._environment(credentials_url, endpoint),
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process.poll() is None

    def invoke(self, payload: bytes) -> Answer:
        """Send one event through the handler, within the function's time-out."""
        spec = self.spec
        if not self.ready.wait(INIT_SECONDS):
            self.kill()
            return error("Sandbox.Timedout", f"{spec.name} did not start within {INIT_SECONDS} s")
        if self.init_error is not None or not self.alive:
            self.kill()
            return self.init_error or error("Runtime.ExitError", f"{spec.name} exited while it started")
        invocation = Invocation(
            id=str(uuid.uuid4()), payload=payload, deadline=time.time() + spec.timeout_seconds
        )
        self.current = invocation
        self.inbox.put(invocation)
        if not invocation.done.wait(spec.timeout_seconds):
            self.kill()
            return error("Sandbox.Timedout", f"Task timed out after {spec.timeout_seconds}.00 seconds")
        self.current = None
        assert invocation.answer is not None
        if len(invocation.answer.body) > PAYLOAD_LIMIT_BYTES:
            return error(
                "Function.ResponseSizeTooLarge", f"the response is over {PAYLOAD_LIMIT_BYTES:,} bytes"
            )
        return invocation.answer

    def kill(self) -> None:
        """End the process and its Runtime API at once."""
        if self.alive:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.inbox.put(None)
        self.server.shutdown()
        self.server.server_close()
        self.log.close()

    def peak_memory_mb(self) -> float:
        """The largest resident set the process has had (Linux; 0 elsewhere)."""
        return peak_memory_mb(self.process.pid)

    def _watch(self) -> None:
        code = self.process.wait()
        if self.current is not None:
            self.current.settle(error("Runtime.ExitError", f"Runtime exited with exit status {code}"))
        self.ready.set()

    def _environment(self, credentials_url: str, endpoint: str) -> dict[str, str]:
        spec = self.spec
        path = os.pathsep.join(str(folder) for folder in (spec.folder, *spec.python_path))
        return {
            **{name: os.environ[name] for name in INHERITED if name in os.environ},
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.server.server_port}",
            "_HANDLER": spec.handler,
            "LAMBDA_TASK_ROOT": str(spec.folder),
            "AWS_LAMBDA_FUNCTION_NAME": spec.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory_mb),
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{spec.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": f"[$LATEST]{uuid.uuid4().hex}",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": credentials_url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHONPATH": path,
            "PYTHONUNBUFFERED": "1",
            "TZ": ":UTC",
            **spec.environment,
        }


class _RuntimeServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(("127.0.0.1", 0), _RuntimeApi)
        self.sandbox = sandbox

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A process that is killed breaks its connection; that is no news."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _RuntimeApi(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _RuntimeServer

    def do_GET(self) -> None:  # .../runtime/invocation/next
        sandbox = self.server.sandbox
        sandbox.ready.set()
        invocation = sandbox.inbox.get()
        if invocation is None:
            self._send(410)
            return
        self._send(
            200,
            invocation.payload,
            {
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": invocation.id,
                "Lambda-Runtime-Deadline-Ms": str(int(invocation.deadline * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": sandbox.spec.arn,
            },
        )

    def do_POST(self) -> None:  # .../response, .../error or /runtime/init/error
        sandbox, body = self.server.sandbox, self._body()
        if self.path.endswith("/runtime/init/error"):
            sandbox.init_error = Answer(body=body, failed=True)
            sandbox.ready.set()
        elif sandbox.current is not None and sandbox.current.id in self.path:
            sandbox.current.settle(Answer(body=body, failed=self.path.endswith("/error")))
        self._send(202, b'{"status":"OK"}', {"Content-Type": "application/json"})

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _send(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 its caller's name
        """The functions write their own log."""
