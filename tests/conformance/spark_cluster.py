"""A real Spark standalone cluster on loopback: one master, two workers."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pyspark

HOME = Path(pyspark.__file__).parent
DEPLOY = "org.apache.spark.deploy"


class SparkCluster:
    """Starts the processes, tells of them, ends them by their own ids."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self.folder = folder
        self.port, self.ui_port = free_port(), free_port()
        self.url = f"spark://127.0.0.1:{self.port}"
        master = ["--host", "127.0.0.1", "--port", str(self.port)]
        master += ["--webui-port", str(self.ui_port)]
        self.master = self._start("master", f"{DEPLOY}.master.Master", master)
        self._wait(lambda: self.status()["status"] == "ALIVE", "the master")
        size = ["--host", "127.0.0.1", "--cores", "1", "--memory", "700m"]
        size += ["--webui-port", "0", "--work-dir", str(folder / "work"), self.url]
        self.workers = [
            self._start(f"worker{at}", f"{DEPLOY}.worker.Worker", size)
            for at in range(workers)
        ]
        self._wait(lambda: self.status()["aliveworkers"] == workers, "the workers")

    def status(self) -> dict:
        url = f"http://127.0.0.1:{self.ui_port}/json/"
        with urllib.request.urlopen(url, timeout=5) as answer:
            return json.load(answer)

    def executors(self) -> list[int]:
        """Process ids of the executors that the workers have started."""
        parents = {worker.pid for worker in self.workers}
        return [
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdecimal() and _is_executor(entry, parents)
        ]

    def stop(self) -> None:
        for process in [*self.workers, self.master]:
            process.send_signal(signal.SIGTERM)
        for process in [*self.workers, self.master]:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=5)

    def _start(self, name: str, main: str, arguments: list[str]) -> subprocess.Popen:
        environment = {
            **os.environ,
            "SPARK_HOME": str(HOME),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_PUBLIC_DNS": "127.0.0.1",
            "SPARK_LOCAL_HOSTNAME": "127.0.0.1",
            "SPARK_DAEMON_MEMORY": "192m",
            "SPARK_MASTER_OPTS": "-Dspark.master.rest.enabled=false",
            "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        }
        with (self.folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [str(HOME / "bin" / "spark-class"), main, *arguments],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
            )

    def _wait(self, ready, what: str, seconds: int = 90) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if ready():
                    return
            except OSError:
                pass
            time.sleep(0.25)
        logs = "\n".join(
            path.read_text(errors="replace")[-2000:]
            for path in sorted(self.folder.glob("*.log"))
        )
        self.stop_if_started()
        raise RuntimeError(f"{what} of Spark did not come up in {seconds} s:\n{logs}")

    def stop_if_started(self) -> None:
        for process in [*getattr(self, "workers", []), self.master]:
            process.kill()
            process.wait(timeout=5)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _is_executor(entry: Path, parents: set[int]) -> bool:
    try:
        stat = (entry / "stat").read_text()
        command = (entry / "cmdline").read_bytes()
    except OSError:
        return False
    parent = int(stat.rpartition(")")[2].split()[1])
    return parent in parents and b"CoarseGrainedExecutorBackend" in command
