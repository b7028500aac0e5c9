"""A real Spark standalone cluster on loopback: one master, two workers."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pyspark

HOME = Path(pyspark.__file__).parent
DEPLOY = "org.apache.spark.deploy"
_PR_SET_PDEATHSIG = 1


class Processes:
    """Starts Java processes on loopback and ends them by their own ids."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen] = []

    def start(
        self, name: str, program: str, arguments: list[str], memory: str = "192m"
    ) -> subprocess.Popen:
        environment = {
            **os.environ,
            "SPARK_HOME": str(HOME),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_PUBLIC_DNS": "127.0.0.1",
            "SPARK_LOCAL_HOSTNAME": "127.0.0.1",
            "SPARK_DAEMON_MEMORY": memory,
            "SPARK_MASTER_OPTS": "-Dspark.master.rest.enabled=false",
            "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        }
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [str(HOME / "bin" / program), *arguments],
                env=environment,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - no thread before exec
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
            )
        self.started.append(process)
        return process

    def wait(self, ready: Callable[[], bool], what: str, seconds: int = 120) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if ready():
                    return
            except OSError:
                pass
            time.sleep(0.25)
        self.stop()
        logs = "\n".join(
            path.read_text(errors="replace")[-2000:]
            for path in sorted(self.folder.glob("*.log"))
        )
        raise RuntimeError(f"{what} did not come up in {seconds} s:\n{logs}")

    def stop(self) -> None:
        for process in self.started[::-1]:
            process.terminate()
        for process in self.started:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=5)


class SparkCluster(Processes):
    """A standalone cluster: one master and two workers of one core."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        super().__init__(folder)
        port, self.ui_port = free_port(), free_port()
        self.url = f"spark://127.0.0.1:{port}"
        master = [f"{DEPLOY}.master.Master", "--host", "127.0.0.1"]
        master += ["--port", str(port), "--webui-port", str(self.ui_port)]
        self.start("master", "spark-class", master)
        self.wait(lambda: self.status()["status"] == "ALIVE", "Spark's master")
        worker = [f"{DEPLOY}.worker.Worker", "--host", "127.0.0.1", "--cores", "1"]
        worker += ["--memory", "700m", "--webui-port", "0"]
        worker += ["--work-dir", str(folder / "work"), self.url]
        self.workers = [
            self.start(f"worker{at}", "spark-class", worker) for at in range(workers)
        ]
        self.wait(lambda: self.status()["aliveworkers"] == workers, "Spark's workers")

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


class SparkConnectServer(Processes):
    """A Spark Connect server with one core of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        port = free_port()
        self.url = f"sc://127.0.0.1:{port}"
        settings = {
            "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.connect.grpc.binding.port": str(port),
            "spark.sql.shuffle.partitions": "1",
            "spark.ui.enabled": "false",
        }
        server = ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer"]
        server += ["--master", "local[1]", "--driver-memory", "640m"]
        for name, value in settings.items():
            server += ["--conf", f"{name}={value}"]
        self.start("connect", "spark-submit", server, memory="640m")
        self.wait(lambda: _answers(port), "Spark's Connect server")


def _answers(port: int) -> bool:
    socket.create_connection(("127.0.0.1", port), timeout=1).close()
    return True


def end_with_parent() -> None:
    """Ask the kernel to end this process should the tests be ended themselves."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


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
