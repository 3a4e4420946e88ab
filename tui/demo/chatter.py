"""What the shop's containers write: endless lines of the usual kinds, 1 to 5 a second."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from random import Random

from tui.demo.shell import Exit, Sleep, Step, Write
from tui.demo.stream import STDERR, STDOUT

Line = tuple[int, str]
"""Stream and text, without the newline; the text may have several lines."""

Voice = Callable[[Random, int, float], Line]
"""Makes line number n of a container, written at a time in seconds since the epoch."""

PATHS = (
    "/",
    "/cart",
    "/products/4711",
    "/products/815",
    "/search?q=lamp",
    "/static/app.css",
    "/api/v1/items",
    "/login",
)
AGENTS = ("Mozilla/5.0 (X11; Linux x86_64)", "Mozilla/5.0 (Macintosh)", "curl/8.5.0", "Googlebot/2.1")
JOBS = ("send_invoice", "resize_image", "sync_stock", "expire_carts")
TRACE = """\x1b[31mERROR\x1b[0m job failed, will be tried again
Traceback (most recent call last):
  File "/srv/shop/worker.py", line 88, in run
    result = job.perform(connection)
  File "/srv/shop/jobs/sync_stock.py", line 31, in perform
    rows = connection.execute(QUERY, (since,)).fetchall()
  File "/usr/local/lib/python3.12/site-packages/psycopg/cursor.py", line 732, in execute
    raise ex.with_traceback(None)
psycopg.errors.SerializationFailure: could not serialize access due to concurrent update"""


def _utc(pattern: str, at: float) -> str:
    return time.strftime(pattern, time.gmtime(at))


def web(random: Random, _number: int, at: float) -> Line:
    """nginx: access log, errors on the other stream."""
    if random.random() < 0.03:
        when, request = _utc("%Y/%m/%d %H:%M:%S", at), random.randrange(9999)
        return STDERR, f"{when} [warn] 29#29: *{request} an upstream response is buffered to a temporary file"
    status = random.choices((200, 304, 404, 502), (80, 14, 5, 1))[0]
    address, path = f"203.0.113.{random.randrange(1, 255)}", random.choice(PATHS)
    size, agent = random.randrange(90_000), random.choice(AGENTS)
    when = _utc("%d/%b/%Y:%H:%M:%S +0000", at)
    return STDOUT, f'{address} - - [{when}] "GET {path} HTTP/1.1" {status} {size} "-" "{agent}"'


def api(random: Random, number: int, at: float) -> Line:
    """JSON lines."""
    slow = random.random() < 0.06
    entry = {
        "time": _utc("%Y-%m-%dT%H:%M:%SZ", at),
        "level": "warning" if slow else "info",
        "message": "slow request" if slow else "request",
        "method": random.choice(("GET", "GET", "GET", "POST")),
        "path": random.choice(PATHS),
        "status": random.choices((200, 201, 404, 422, 500), (80, 8, 6, 5, 1))[0],
        "ms": random.randrange(800, 2600) if slow else random.randrange(4, 140),
        "request": f"{number:06x}{random.getrandbits(40):010x}",
    }
    return STDOUT, json.dumps(entry)


def worker(random: Random, number: int, _at: float) -> Line:
    """Coloured levels, and a stack trace now and then."""
    if number % 61 == 60:
        return STDERR, TRACE
    job, key = random.choice(JOBS), random.randrange(10_000, 99_999)
    if random.random() < 0.1:
        return STDOUT, f"\x1b[33mWARN\x1b[0m  {job}#{key} waits for a lock ({random.randrange(200, 900)} ms)"
    return STDOUT, f"\x1b[32mINFO\x1b[0m  {job}#{key} \x1b[2mdone in\x1b[0m {random.randrange(12, 480)} ms"


def database(random: Random, number: int, at: float) -> Line:
    """PostgreSQL writes everything to standard error."""
    head = f"{_utc('%Y-%m-%d %H:%M:%S UTC', at)} [{27 + number % 3}] LOG: "
    if number % 9 == 0:
        buffers, share = random.randrange(20, 900), random.random() * 5
        return STDERR, f"{head} checkpoint complete: wrote {buffers} buffers ({share:.1f}%)"
    statement = random.choice(
        ("SELECT * FROM stock WHERE item = $1", "UPDATE cart SET total = $1 WHERE id = $2")
    )
    return STDERR, f"{head} duration: {random.random() * 40:.3f} ms  execute <unnamed>: {statement}"


def cache(random: Random, number: int, at: float) -> Line:
    """Redis."""
    head = f"1:M {_utc('%d %b %Y %H:%M:%S.000', at)} *"
    if number % 2:
        return STDOUT, f"{head} {random.randrange(60, 900)} changes in 60 seconds. Saving..."
    return STDOUT, f"{head} Background saving terminated with success"


def smtp(random: Random, _number: int, _at: float) -> Line:
    """A mail server whose relay does not answer."""
    host = random.choice(("mx1.example.net", "mx2.example.net"))
    told = f"to=<orders@{host}>, delay={random.randrange(30, 900)}, status=deferred (connect timed out)"
    return STDERR, f"\x1b[1;31mwarning\x1b[0m: {random.getrandbits(40):010X}: {told}"


def metrics(random: Random, _number: int, at: float) -> Line:
    """logfmt, as Prometheus and Grafana write it."""
    component = random.choice(("tsdb", "rule manager", "scrape manager", "notifier"))
    message = random.choice(("WAL segment loaded", "Head GC completed", "compact blocks", "rules reloaded"))
    head = f"ts={_utc('%Y-%m-%dT%H:%M:%S.000Z', at)} caller=main.go:{random.randrange(90, 1200)} level=info"
    return STDERR, f'{head} component="{component}" msg="{message}" duration={random.random():.4f}s'


def registry(random: Random, _number: int, at: float) -> Line:
    """The registry's access log."""
    when = _utc("%Y-%m-%dT%H:%M:%SZ", at)
    path = random.choice(("shop/api/manifests/2.4.1", "shop/web/blobs/uploads/", "shop/api/tags/list"))
    agent = "docker/28.5.2 go/go1.24.9"
    return STDOUT, f'time="{when}" level=info msg="response completed" uri="/v2/{path}" agent="{agent}"'


def report(random: Random, number: int, _at: float) -> Line:
    """The nightly report, a job that ends."""
    steps = ("reading orders", "grouping by article", "writing report.csv", "uploading to s3://reports")
    return STDOUT, f"[{number + 1}/4] {steps[number % 4]} ({random.randrange(100, 9000)} rows)"


VOICES: dict[str, tuple[Voice, float]] = {
    "web": (web, 4.0),
    "api": (api, 5.0),
    "worker": (worker, 3.0),
    "db": (database, 2.0),
    "cache": (cache, 1.0),
    "smtp": (smtp, 1.2),
    "prometheus": (metrics, 1.5),
    "grafana": (metrics, 1.0),
    "exporter": (metrics, 1.0),
    "loki": (metrics, 2.0),
    "registry": (registry, 1.0),
    "report": (report, 1.0),
}
"""Compose service -> what it writes, and how many lines a second."""


def talking(voice: Voice, rate: float, seed: str) -> Iterator[Step]:
    """Lines for ever, irregularly, at `rate` a second on average."""
    random = Random(seed)
    number = 0
    while True:
        yield Sleep(random.uniform(0.2, 1.8) / rate)
        stream, text = voice(random, number, time.time())
        yield Write(f"{text}\n".encode(), stream)
        number += 1


def crashing(seed: str) -> Iterator[Step]:
    """A service that never gets far."""
    random = Random(seed)
    yield Write(b"queue 0.9.3 starting\n")
    yield Sleep(random.uniform(0.8, 1.6))
    yield Write(b"connecting to amqp://mail-broker:5672\n")
    yield Sleep(random.uniform(0.8, 1.6))
    yield Write(
        b"Error: getaddrinfo ENOTFOUND mail-broker\n"
        b"    at GetAddrInfoReqWrap.onlookupall [as oncomplete] (node:dns:120:26)\n"
        b"    at Connection.connect (/srv/node_modules/amqplib/lib/connect.js:164:9)\n",
        STDERR,
    )
    yield Exit(1)


def ending(seed: str, seconds: float) -> Iterator[Step]:
    """A job: four lines, and success."""
    random = Random(seed)
    for number in range(4):
        _stream, text = report(random, number, 0.0)
        yield Write(f"{text}\n".encode())
        yield Sleep(seconds / 4)
    yield Exit(0)
