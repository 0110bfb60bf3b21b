"""The running API against its own description: every kind of call it allows, and many that it forbids."""

import os
import subprocess
import sys
from pathlib import Path

from driver import Driver

LONG = (
    ",stateful,fuzzing" if "FUZZ_EXAMPLES" in os.environ else ""
)  # make fuzz: paths through links, and chance

# Its description cannot say everything that a recipe or a cursor has to be (`positive_data_acceptance`), and methods
# that the gateway does not know are the gateway's to refuse, with a 403 (`unsupported_method`).
LEFT_OUT = "positive_data_acceptance,unsupported_method"


def test_the_running_api_is_as_it_is_described(flow: Driver, tmp_path: Path) -> None:
    """With the limits of the tests' stack: what is refused as one call too many has not been tried."""
    url = flow.stack.deployed.api_url
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        *("run", f"{url}/v1/openapi.json", "--url", url, "--header", f"x-api-key:{flow.key}"),
        *("--phases", "examples,coverage" + LONG, "--exclude-checks", LEFT_OUT),
        *("--max-examples", os.environ.get("FUZZ_EXAMPLES", "1"), "--generation-deterministic"),
        *("--request-timeout", "30", "--no-color"),
    ]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert "Tested: 33" in done.stdout
