"""Starts a child that ends with its parent: the kernel sees to it (PR_SET_PDEATHSIG), or a watcher where there is no such call.

The kernel's signal comes when the thread that started the child ends, so a child is started on the main thread.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import IO

PR_SET_PDEATHSIG = 1


def spawn(command: Sequence[str], said: str, log: IO[bytes], *kept: int) -> subprocess.Popen[bytes]:
    """Start a child that reads `said`, writes into `log` and holds the open files `kept`; OSError when it cannot be."""
    process = subprocess.Popen(  # noqa: S603 - our own child, our own arguments
        command,
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        pass_fds=kept,
        preexec_fn=_die_with_parent(os.getpid()),  # noqa: PLW1509 - three system calls, no lock is taken
    )
    if process.stdin:
        with contextlib.suppress(BrokenPipeError), process.stdin as words:
            words.write(said.encode())
    if sys.platform != "linux":
        _watch(process.pid)
    return process


def _die_with_parent(parent: int) -> Callable[[], None]:
    if sys.platform != "linux":
        return os.setpgrp
    libc = ctypes.CDLL(None, use_errno=True)

    def prepare() -> None:
        os.setpgrp()  # a Ctrl-C at the terminal is for andon, which then stops its store in order
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # one that hangs, too; what it has answered for is on the disk
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def _watch(child: int) -> None:
    reader, writer = os.pipe()
    script = "import os,sys,signal\nos.read(int(sys.argv[1]),1)\nos.kill(int(sys.argv[2]),signal.SIGKILL)"
    subprocess.Popen(  # noqa: S603 - our own watcher
        [sys.executable, "-c", script, str(reader), str(child)], pass_fds=[reader], start_new_session=True
    )
    os.close(reader)
    os.set_inheritable(writer, False)
