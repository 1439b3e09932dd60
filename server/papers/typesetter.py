"""`python -P -m server.papers.typesetter FONTS…`: sheets in (length-prefixed JSON on stdin), PDFs out. A process of its own (press.py).

It reads our fonts and the look and nothing else; the memory it may use is bounded, so that no sheet can hold the server up.
"""

import resource
import struct
import sys
from pathlib import Path

import typst

MEMORY_BYTES_MAX = 3 * 1024**3
LOOK = Path(__file__).parent / "look.typ"


def main(places: list[str]) -> None:
    """Set every sheet that comes until the pipe is closed. A sheet that cannot be set is answered with an empty document."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=places)
    nowhere = LOOK.parent / "none"
    compiler = typst.Compiler(
        root=LOOK.parent, font_paths=fonts, ignore_system_fonts=True, package_path=nowhere, package_cache_path=nowhere
    )
    look = LOOK.read_bytes()
    while len(head := sys.stdin.buffer.read(4)) == 4:
        sheet = sys.stdin.buffer.read(struct.unpack(">I", head)[0])
        try:
            made = compiler.compile(input=look, sys_inputs={"sheet": sheet.decode()}, timestamp=0)
        except typst.TypstError as error:
            print(error.diagnostic, file=sys.stderr, flush=True)
            made = b""
        assert isinstance(made, bytes)
        sys.stdout.buffer.write(struct.pack(">I", len(made)) + made)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
