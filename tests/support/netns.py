"""Another machine, as far as the network can tell: a network namespace behind a veth pair. Needs root or sudo."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_AS_ROOT = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]


@dataclass(frozen=True, slots=True)
class OtherMachine:
    """`exec` before a command runs it there."""

    name: str
    our_ip: str  # our end of the wire
    its_ip: str
    wire: str  # the name of its end

    def loses(self, percent: int) -> None:
        """From now on so many of a hundred datagrams are lost, each way.

        By the packet filter: it is in kernels that lack the queueing discipline `netem`.
        """
        rule = f"meta l4proto udp numgen random mod 100 < {percent} drop"
        chains = (
            f'chain lossy_{way} {{ type filter hook {way} device "{self.wire}" priority 0; policy accept; {rule}; }}'
            for way in ("ingress", "egress")
        )
        table = "table netdev lossy {\n" + "\n".join(chains) + "\n}"
        subprocess.run([*self.exec, "nft", "-f", "-"], input=table, check=True, capture_output=True, text=True)

    @property
    def exec(self) -> list[str]:
        return [*_AS_ROOT, "ip", "netns", "exec", self.name]


def _ip(*arguments: str) -> None:
    subprocess.run([*_AS_ROOT, "ip", *arguments], check=True, capture_output=True, text=True)


@contextmanager
def other_machine() -> Iterator[OtherMachine]:
    """A machine that reaches us over one wire and nothing else."""
    tag = secrets.token_hex(3)
    subnet = f"10.{200 + secrets.randbelow(50)}.{secrets.randbelow(256)}"
    machine = OtherMachine(f"onstage-{tag}", f"{subnet}.1", f"{subnet}.2", f"os{tag}b")
    _ip("netns", "add", machine.name)
    try:
        _ip("link", "add", f"os{tag}a", "type", "veth", "peer", "name", machine.wire, "netns", machine.name)
        _ip("address", "add", f"{machine.our_ip}/24", "dev", f"os{tag}a")
        _ip("link", "set", f"os{tag}a", "up")
        _ip("-n", machine.name, "address", "add", f"{machine.its_ip}/24", "dev", machine.wire)
        _ip("-n", machine.name, "link", "set", "lo", "up")
        _ip("-n", machine.name, "link", "set", machine.wire, "up")
        yield machine
    finally:
        _ip("netns", "delete", machine.name)  # takes the veth pair along
