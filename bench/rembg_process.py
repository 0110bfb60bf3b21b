"""The peer's own process: rembg, loaded once, one photograph after the other.

Arguments: the model's path and how many threads the network gets. Standard input: the path of a photograph and
of the PNG to write, as a JSON list, one line each. Standard output: one JSON object when ready, then one each.
"""

import importlib.metadata
import json
import sys
import time
from pathlib import Path
from typing import Any

import onnxruntime
import rembg

from cutout.service.stopwatch import peak_memory_mb


def cut_out(photo: Path, out: Path, session: Any) -> dict[str, float]:
    """Bytes in, PNG bytes out, rembg's plain mode; only that is timed."""
    data = photo.read_bytes()
    used, began = time.process_time(), time.perf_counter()
    png = rembg.remove(data, session=session)
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - used
    out.write_bytes(png)
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "size_bytes": len(png),
        "peak_mb": peak_memory_mb(),
    }


def main() -> None:
    """Serve until standard input ends."""
    model, threads = sys.argv[1:]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(threads)
    session = rembg.new_session("dis_custom", sess_opts=options, model_path=model)
    print(json.dumps({"version": importlib.metadata.version("rembg")}), flush=True)
    for line in sys.stdin:
        photo, out = json.loads(line)
        print(json.dumps(cut_out(Path(photo), Path(out), session)), flush=True)


if __name__ == "__main__":
    main()
