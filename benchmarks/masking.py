"""Seconds to mask 10 MB of log, of JSON, of base64, and of lines that each hold a secret."""

import base64
import random
import time

from report import masking

SIZE = 10_000_000
SECRETS = 5


def main() -> None:
    rng = random.Random(1)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    secrets = ["".join(rng.choices(letters, k=26)) for _ in range(SECRETS)]
    for secret in secrets:
        masking.register(secret)
    words = [f"{rng.getrandbits(40):x}" for _ in range(2000)]
    log = "\n".join(" ".join(rng.choices(words, k=12)) for _ in range(80_000))
    entry = '{"level":"info","msg":"a \\"quoted\\" word","path":"a\\/b","n":%d}\n'
    texts = {
        "log": log * 2,
        "JSON": "".join(entry % number for number in range(160_000)),
        "base64": base64.b64encode(rng.randbytes(SIZE)).decode(),
        "secrets": f"a line with {secrets[0]} in it\n" * 230_000,
    }
    for name, text in texts.items():
        began = time.perf_counter()
        shown = masking.mask(text[:SIZE])
        took = time.perf_counter() - began
        print(f"{name}: {len(text[:SIZE]) / 1e6:.1f} MB in {took:.1f} s")
        if any(secret in shown for secret in secrets):
            raise SystemExit(f"{name}: a secret is left")
    masking.forget()


if __name__ == "__main__":
    main()
