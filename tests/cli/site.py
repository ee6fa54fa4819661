"""A small site under the real supervisor, for the kill tests: `python -m tests.cli.site FOLDER SERVICE…`.

The services by name: `web` and `worker` wait, `writer` commits rows and notes each acknowledged one in
FOLDER/acknowledged, `stray` leaves a process of its own session behind, `short` ends at once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from wanqi.cli.cluster import Cluster
from wanqi.cli.connection import say
from wanqi.cli.main import refused
from wanqi.cli.place import locate
from wanqi.cli.supervisor import Service, Supervisor

WAIT = "import time; time.sleep(3600)"
WRITER = """
import os, time, psycopg
def write(file):
    with psycopg.connect(os.environ["SITE_URL"], autocommit=True) as connection:
        while True:
            row = connection.execute("INSERT INTO kept DEFAULT VALUES RETURNING id").fetchone()
            file.write(f"{row[0]}\\n"); file.flush()
with open(os.environ["SITE_ACKNOWLEDGED"], "a") as file:
    while True:
        try:
            write(file)
        except psycopg.Error:
            time.sleep(0.1)
"""
STRAY = f"""
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", {WAIT!r}], start_new_session=True); time.sleep(3600)
"""
PROGRAMS = {"web": WAIT, "worker": WAIT, "writer": WRITER, "stray": STRAY, "short": "raise SystemExit(5)"}
TITLES = {"web": "网页服务", "worker": "后台任务"}


def main(folder: Path, names: list[str]) -> int:
    """Serve until stopped; return the exit status."""
    cluster = Cluster(locate(folder, say=say), say=say)
    cluster.open(alone=True)
    if not (folder / "acknowledged").exists():
        import psycopg

        with psycopg.connect(cluster.urls().owner_url) as owner:
            owner.execute("CREATE TABLE kept (id bigserial PRIMARY KEY)")
    env = {
        **os.environ,
        "SITE_URL": cluster.urls().app_url,
        "SITE_ACKNOWLEDGED": str(folder / "acknowledged"),
    }
    services = [
        Service(
            name=name,
            title=TITLES.get(name, name),
            argv=(sys.executable, "-c", PROGRAMS[name]),
            env={**env, "SITE_SERVICE": name},
            follows_database=name == "worker",
        )
        for name in names
    ]
    supervisor = Supervisor(services, cluster=cluster, log=folder / "log", say=say)
    try:
        supervisor.run(started=lambda: True, announce=lambda: say("started"))
    except Exception as error:  # noqa: BLE001 - the same door as the command's
        return refused(error)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
