"""Clients of a dashboard: half follow its events, half poll /api/status once a second.

    python3 Tests/Reference/dashboard_load.py http://127.0.0.1:8080/ CLIENTS SECONDS

Prints how many answers and events came, and how many failed. For measuring what lookers cost the queue: time a run with and
without it, in turns.
"""
import asyncio
import sys
import urllib.parse


async def poll(host, port, until, counts):
    loop = asyncio.get_running_loop()
    reader, writer = await asyncio.open_connection(host, port)
    request = f"GET /api/status HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()
    while loop.time() < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"content-length"))
        await reader.readexactly(length)
        counts["answers" if head.startswith(b"HTTP/1.1 200") else "failed"] += 1
        await asyncio.sleep(1)
    writer.close()


async def follow(host, port, until, counts):
    loop = asyncio.get_running_loop()
    reader, writer = await asyncio.open_connection(host, port, limit=1 << 24)
    writer.write(f"GET /api/events HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    while loop.time() < until:
        try:
            frame = await asyncio.wait_for(reader.readuntil(b"\n\n"), until - loop.time() + 0.1)
        except asyncio.TimeoutError:
            break
        counts["events"] += frame.startswith((b"event", b"id"))
    writer.close()


async def main():
    place = urllib.parse.urlsplit(sys.argv[1])
    clients, seconds = int(sys.argv[2]), float(sys.argv[3])
    until = asyncio.get_running_loop().time() + seconds
    counts = {"answers": 0, "events": 0, "failed": 0}
    jobs = [(poll if number % 2 else follow)(place.hostname, place.port, until, counts) for number in range(clients)]
    for outcome in await asyncio.gather(*jobs, return_exceptions=True):
        counts["failed"] += isinstance(outcome, Exception)
    print(counts)


asyncio.run(main())
