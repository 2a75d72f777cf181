"""A Celery application whose one task tells who it is and never ends."""

import os
import signal

import redis
from celery import Celery

app = Celery("busy_tasks", broker=os.environ.get("REDIS_URL"))
STARTED = "started"


@app.task(name="stay")
def stay(socket: str) -> None:
    redis.Redis(unix_socket_path=socket).rpush(STARTED, os.getpid())
    while True:
        signal.pause()
