"""Two server processes that bring the same new database to its schema."""

import asyncio
import sys

from onstage.store.database import Database

_MIGRATE = """
import asyncio, sys
from onstage.store.database import Database

async def migrate():
    database = Database(sys.argv[1])
    sys.stdin.readline()
    await database.migrate()
    await database.close()

asyncio.run(migrate())
"""


async def migrated_by_two(url: str) -> None:
    """Both succeed, and the schema is made once."""
    pipe = asyncio.subprocess.PIPE
    argv = (sys.executable, "-c", _MIGRATE, url)
    processes = [await asyncio.create_subprocess_exec(*argv, stdin=pipe, stderr=pipe) for _ in range(2)]
    said = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert [process.returncode for process in processes] == [0, 0], said
    database = Database(url)
    async with database.read() as tx:
        versions = await tx.connection.exec_driver_sql("SELECT count(*) FROM alembic_version")
        assert versions.scalar_one() == 1
    await database.close()
