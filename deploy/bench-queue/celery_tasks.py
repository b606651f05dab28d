"""The tasks of the Celery worker, as its own process imports them."""
import os
import time

from celery import Celery

URL = os.environ["BENCH_REDIS"]
app = Celery("bench", broker=URL, backend=URL)
app.conf.update(task_serializer="json", result_serializer="json", accept_content=["json"])


@app.task
def nothing(_):
    return None


@app.task
def busy(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass
