# SPDX-License-Identifier: Apache-2.0
"""A network of a test's own: what the test starts while it is in it (box, cameras, browser) is in it as well."""
import contextlib
import ctypes
import subprocess

import pytest

CLONE_NEWNET = 0x40000000


@contextlib.contextmanager
def own_network(*addresses):
    """The loopback and one network with these addresses, all of them this machine's. The calling thread is in it."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/thread-self/ns/net", encoding="ascii") as before:
        if libc.unshare(CLONE_NEWNET) != 0:
            pytest.skip("needs the right to make a network namespace")
        try:
            for command in ("link set lo up", "link add hall type bridge", *(f"addr add {address}/24 dev hall" for address in addresses),
                            "link set hall multicast on up"):
                subprocess.run(["ip", *command.split()], check=True)
            yield
        finally:
            assert libc.setns(before.fileno(), CLONE_NEWNET) == 0
