"""Run in another machine's place: join, publish a camera, decode somebody else's, say over which addresses it came.

python -m tests.engine.remote_client WS_URL TOKEN WHOM
"""

import asyncio
import json
import sys

from tests.engine.clients import PythonClient


async def main(url: str, token: str, whom: str) -> None:
    client = PythonClient("remote")
    await client.join(url, token)
    await client.publish("camera")
    frame = await client.sees("frame", whom)
    print(json.dumps({"frame": frame.detail, "pairs": await client.media_paths()}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)  # stay until told to go
    await client.leave()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
