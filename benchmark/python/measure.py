"""One scenario of one Python client (arguments: client, scenario). Prints the nanoseconds of a call, as JSON."""

import json
import os
import sys
import tempfile
import time

BATCHES = 51
BATCH_NANOSECONDS = 5_000_000
VALUES = [0.002 * 6000 ** (index * 389 % 1024 / 1024) for index in range(1024)]
METHODS = [f"method-{index}" for index in range(16)]
CODES = [f"code-{index}" for index in range(16)]


def client_of(name):
    """The module of a client; prometheus_client in its mode for several processes."""
    if name == "prometheus_client":
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp()
        import prometheus_client

        return prometheus_client
    import mpmetrics

    return mpmetrics


def prepare(metrics, scenario):
    """A function that makes the given number of calls."""
    if scenario == "inc":
        counter = metrics.Counter("measured", "Measured")
        return lambda calls: [counter.inc() for _ in range(calls)]
    if scenario == "labels":
        # Few values: a new series takes Python's mpmetrics up to a tenth of a second.
        counter = metrics.Counter("measured", "Measured", ["method", "code"])
        return lambda calls: [
            counter.labels(METHODS[index & 3], CODES[index & 3]).inc() for index in range(calls)
        ]
    if scenario == "observe":
        histogram = metrics.Histogram("measured", "Measured")
        return lambda calls: [histogram.observe(VALUES[index & 1023]) for index in range(calls)]
    if scenario == "summary":
        summary = metrics.Summary("measured", "Measured")
        return lambda calls: [summary.observe(VALUES[index & 1023]) for index in range(calls)]
    raise SystemExit(f"error: no scenario {scenario}")


def timed(batch, calls):
    start = time.perf_counter_ns()
    batch(calls)
    return time.perf_counter_ns() - start


def main():
    client, scenario = sys.argv[1:]
    batch = prepare(client_of(client), scenario)
    calls = 20
    while timed(batch, calls) < BATCH_NANOSECONDS:
        calls *= 2
    times = sorted(timed(batch, calls) / calls for _ in range(BATCHES))
    print(json.dumps({"nanoseconds": times[BATCHES // 2]}))


main()
