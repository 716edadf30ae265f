"""Reads pages of metrics with the parsers of prometheus_client, and says what is on them.

One JSON value a line. In: {"format": "text" or "openmetrics", "page": ...}. Out: {"families": [...]}, or {"error": ...} for
a page that the parser refuses. Numbers are texts, since JSON has no infinities.
"""

import json
import sys

from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics_parser

PARSERS = {
    "text": parser.text_string_to_metric_families,
    "openmetrics": openmetrics_parser.text_string_to_metric_families,
}


def number(value):
    return repr(float(value))


def exemplar(found):
    return found and {"labels": found.labels, "value": number(found.value), "time": number(found.timestamp)}


def family(found):
    samples = [
        {
            "name": sample.name,
            "labels": sample.labels,
            "value": number(sample.value),
            "exemplar": exemplar(sample.exemplar),
        }
        for sample in found.samples
    ]
    return {
        "name": found.name,
        "help": found.documentation,
        "type": found.type,
        "unit": found.unit,
        "samples": samples,
    }


def read(question):
    try:
        return {"families": [family(found) for found in PARSERS[question["format"]](question["page"])]}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


for line in sys.stdin:
    print(json.dumps(read(json.loads(line))), flush=True)
