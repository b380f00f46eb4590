"""Fuzzes one target with atheris: `python -m tests.fuzz._run TARGET SECONDS SEED FOLDER`; it ends at the first finding."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

from tests.fuzz import LONGEST, fed, target

MOST_MEMORY = 1024
"""Megabytes the process may have; coverage and the corpus take most of it."""


def main(name: str, seconds: str, seed: str, folder: Path) -> None:
    """Fuzz a target for so many seconds; what it stumbles over is left in the folder as `crash-...`."""
    with atheris.instrument_imports(include=["andon", "detectors", "ruamel.yaml", "tests.fuzz"]):
        one = target(name)
    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, data in enumerate(one.SEEDS):
        (corpus / f"seed-{number}").write_bytes(data)
    words = "".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in one.WORDS)
    (folder / "words").write_text(words)
    options = {
        "max_total_time": seconds,
        "seed": seed,
        "max_len": max(LONGEST, *map(len, one.SEEDS)),
        "timeout": 30,
        "rss_limit_mb": MOST_MEMORY,
        "dict": folder / "words",
        "artifact_prefix": f"{folder}/",
        "print_final_stats": 1,
    }
    atheris.Setup(
        [name, *(f"-{option}={value}" for option, value in options.items()), str(corpus)], lambda data: fed(one, data)
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4]))
