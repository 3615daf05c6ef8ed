"""Starts kernels and times what they answer.

A `Kernel` is a process with a Jupyter client at its side; nothing here knows
which language it speaks. Times are taken as a person would: from sending
`execute_request` until the kernel is idle again and the reply is there.
"""

import os
import queue
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import zmq
from jupyter_client import BlockingKernelClient
from jupyter_client.connect import write_connection_file

import machine

CONTEXT = zmq.Context()
# A client that comes before its kernel looks again every 100 ms by default,
# which would be added to the start of a fast kernel.
CONTEXT.setsockopt(zmq.RECONNECT_IVL, 5)
CONTEXT.setsockopt(zmq.LINGER, 0)


class KernelFailed(Exception):
    """The kernel ended, was silent for too long, or a cell had an error."""


@dataclass
class Answer:
    """What came back from a cell."""

    seconds: float
    #: CPU time of all processes but the one that runs cells: what compiling took.
    cpu: float = 0.0
    mime_types: list = field(default_factory=list)
    text: str = ""
    stderr: str = ""


@dataclass
class Spec:
    """How a kernel is started; `{file}` in `argv` is its connection file."""

    name: str
    argv: list
    env: dict = field(default_factory=dict)
    cwd: Path = Path()
    #: Whether text on stderr is an error: evcxr calls a failed `?` a success.
    errors_on_stderr: bool = False
    #: Name of the process that runs cells, as the system has it.
    worker: str = ""

    def start(self):
        return Kernel(self)


class Kernel:
    """A running kernel; use it in a `with`."""

    def __init__(self, spec):
        self.name, self.errors_on_stderr, self.worker = spec.name, spec.errors_on_stderr, spec.worker
        self.dir = tempfile.TemporaryDirectory(prefix="ferrite-bench-")
        self.file = os.path.join(self.dir.name, "connection.json")
        self.log = open(os.path.join(self.dir.name, "log"), "w+b")
        write_connection_file(self.file)
        self.client = BlockingKernelClient(context=CONTEXT, connection_file=self.file)
        self.client.load_connection_file()
        argv = [str(part).replace("{file}", self.file) for part in spec.argv]
        self.spawned = time.perf_counter()
        self.process = subprocess.Popen(
            argv, cwd=spec.cwd, env=os.environ | spec.env, stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log, start_new_session=True,
        )
        self.client.start_channels(stdin=False, hb=False)
        try:
            self._reply(self.client.kernel_info(), limit=600)
        except BaseException:
            self.stop()
            raise
        #: Seconds from the start of the process to the `kernel_info` reply.
        self.ready = time.perf_counter() - self.spawned

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def run(self, code, limit=300, progress=None):
        """Runs a cell and waits for the idle status and the reply."""
        used = self.cpu()
        begin = time.perf_counter()
        request = self.client.execute(code, allow_stdin=False)
        answer = Answer(0.0)
        error = self._until_idle(request, answer, begin + limit, progress)
        reply = self._reply(request, limit=60)
        answer.seconds = time.perf_counter() - begin
        answer.cpu = self.cpu() - used
        if self.errors_on_stderr and answer.stderr:
            error = answer.stderr
        if error or reply["content"]["status"] != "ok":
            raise KernelFailed(f"{self.name}: a cell failed\n{code}\n{error or reply['content']}")
        return answer

    def cpu(self):
        """CPU seconds of the kernel and of what it has started, without the process that runs cells."""
        return machine.cpu_seconds(self.process.pid, without=(self.worker,))

    def since_spawn(self):
        return time.perf_counter() - self.spawned

    def memory(self):
        """Resident megabytes of the kernel and of all processes that it started."""
        listing = subprocess.run(
            ["ps", "-axo", "pid=,ppid=,rss="], capture_output=True, text=True, check=True
        ).stdout
        rows = [tuple(map(int, line.split())) for line in listing.splitlines()]
        family = {self.process.pid}
        for _ in rows:
            more = {pid for pid, parent, _ in rows if parent in family} - family
            if not more:
                break
            family |= more
        return sum(rss for pid, _, rss in rows if pid in family) / 1024

    def stop(self):
        self.client.stop_channels()
        for signal_ in (signal.SIGTERM, signal.SIGKILL):
            try:
                # Its own session: evcxr's subprocess and our worker go along.
                os.killpg(self.process.pid, signal_)
                self.process.wait(3)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass
        self.log.close()
        self.dir.cleanup()

    def _until_idle(self, request, answer, deadline, progress):
        error, idle_by = None, deadline
        while time.perf_counter() < idle_by:
            try:
                message = self.client.get_iopub_msg(timeout=1 if progress is None else 20)
            except queue.Empty:
                self._check_alive()
                if progress is not None:
                    progress()
                continue
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return error
            if kind in ("execute_result", "display_data"):
                answer.mime_types += content["data"]
                answer.text += content["data"].get("text/plain", "")
            elif kind == "stream" and content["name"] == "stderr":
                answer.stderr += content["text"]
            elif kind == "stream":
                answer.text += content["text"]
            elif kind == "error":
                error = "\n".join(content["traceback"]) or content["evalue"]
        raise KernelFailed(f"{self.name}: no answer in time")

    def _reply(self, request, limit):
        deadline = time.perf_counter() + limit
        while time.perf_counter() < deadline:
            try:
                message = self.client.get_shell_msg(timeout=1)
            except queue.Empty:
                self._check_alive()
                continue
            if message["parent_header"].get("msg_id") == request:
                return message
        raise KernelFailed(f"{self.name}: no reply in time")

    def _check_alive(self):
        if self.process.poll() is not None:
            self.log.seek(0)
            said = self.log.read().decode(errors="replace")[-2000:]
            raise KernelFailed(f"{self.name} ended with {self.process.returncode}\n{said}")


def ferrite(program, cwd, cache):
    """Our kernel with a compile cache of its own in the folder `cache`."""
    argv = [program, "kernel", "-f", "{file}"]
    return Spec("ferrite", argv, {"XDG_CACHE_HOME": str(cache)}, cwd, worker="worker")


def evcxr(program, cwd, tmpdir, config, libstd):
    """evcxr's kernel as it comes; `tmpdir` keeps what it has compiled.

    It loads libraries from one folder above the one that their rpath was made
    for, which goes unnoticed in `/tmp` only, so it is told where libstd is.
    """
    paths = {"EVCXR_TMPDIR": tmpdir, "XDG_CONFIG_HOME": config, "LD_LIBRARY_PATH": libstd}
    env = {name: str(path) for name, path in paths.items()}
    return Spec("evcxr", [program, "--control_file", "{file}"], env, cwd, errors_on_stderr=True)


def ipykernel(cwd):
    """Python's kernel, from the environment that this script runs in."""
    return Spec("ipykernel", [sys.executable, "-m", "ipykernel_launcher", "-f", "{file}"], {}, cwd)
