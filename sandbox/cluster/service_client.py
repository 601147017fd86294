"""Clients on a cluster's node that keep asking a Service over HTTP, every answer noted."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence

from sandbox.errors import SandboxError

AT_ONCE = 4
"""How many clients ask side by side, each as soon as its last request has ended."""
_ANSWER_S = 10
_LIVES_S = 600
"""The clients end by themselves after that, whatever becomes of who started them."""

# A new connection for each request: kube-proxy chooses a pod for each. The address is the
# Service's own, the way through kube-proxy that every client in the cluster takes.
_ASK = r"""
end=$((SECONDS + $2))
ask() {
  while [ $SECONDS -lt $end ] && [ -e "$3" ]; do
    answer=$(curl -sS --max-time "$4" --write-out ' status=%{http_code}' "$1" 2>&1)
    echo "$answer" | tr '\n' ' ' | sed 's/$/\n/'
  done
}
for number in $(seq "$5"); do ask "$@" & done
wait
"""
_POD = re.compile(r'"hostname": *"([^"]+)"')
OnNode = Callable[[Sequence[str]], Iterator[str]]
"""Runs a program on the node; what it prints."""


class ServiceClient:
    """Asks the address of a Service, again and again. No request is tried a second time."""

    def __init__(self, on_node: OnNode, url: str) -> None:
        self.answers: list[str] = []
        """The pod of each answer, in order: `hostname` in what podinfo answers."""
        self.failures: list[str] = []
        """What came instead of an answer."""
        self._on_node = on_node
        self._url = url
        self._flag = f"/run/proofbook-client-{id(self)}"
        self._thread = threading.Thread(target=self._follow, daemon=True, name="service-client")

    def start(self) -> ServiceClient:
        """Begin to ask."""
        self._do("touch")
        self._thread.start()
        return self

    def stop(self) -> None:
        """Ask no more; returns when every request has ended. Harmless a second time."""
        if self._thread.is_alive():
            self._do("rm", "-f")
            self._thread.join()

    @property
    def asks(self) -> bool:
        """Whether it still asks."""
        return self._thread.is_alive()

    def _do(self, *words: str) -> None:
        for _ in self._on_node([*words, self._flag]):
            pass

    def _follow(self) -> None:
        words = [self._url, str(_LIVES_S), self._flag, str(_ANSWER_S), str(AT_ONCE)]
        left = ""
        try:
            for piece in self._on_node(["bash", "-c", _ASK, "ask", *words]):
                *lines, left = (left + piece).split("\n")
                for line in filter(str.strip, lines):
                    self._note(line)
        except SandboxError as error:
            self.failures.append(str(error))

    def _note(self, line: str) -> None:
        pod = _POD.search(line)
        if pod and line.rstrip().endswith("status=200"):
            self.answers.append(pod[1])
        else:
            self.failures.append(line.strip()[-300:])
