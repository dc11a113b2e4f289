"""What runs in the other processes of `verify`: each opens the dossier itself, once, and checks what it is given.

`python -m comptoir.apps.fiscal.checking_process` reads frames from its input (how to open the dossier, then parts), answers
each part, and ends when its input does: whoever started it may be killed, it stays behind for nobody."""

import gc
import pickle
import sys
from typing import Any, BinaryIO

from .reading import Reader, reader_of
from .slices import Outcome, Slice, check_slice
from .windows import Covered, Window, check_window

LENGTH_BYTES = 4


def check_with(reader: Reader, part: Slice | Window) -> Outcome | Covered:
    return check_window(reader, part) if isinstance(part, Window) else check_slice(reader, part)


def write_frame(stream: BinaryIO, value: Any) -> None:
    text = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    stream.write(len(text).to_bytes(LENGTH_BYTES, "big") + text)
    stream.flush()


def read_frame(stream: BinaryIO) -> Any:
    """The next value; raises EOFError when the other end is gone."""
    head = stream.read(LENGTH_BYTES)
    length = int.from_bytes(head, "big")
    text = stream.read(length) if len(head) == LENGTH_BYTES else b""
    if len(head) < LENGTH_BYTES or len(text) < length:
        raise EOFError("the other end is gone")
    return pickle.loads(text)  # noqa: S301 - written by our own process, over a pipe that nobody else holds


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Checks until the input ends."""
    try:
        reader = reader_of(read_frame(source))
        gc.disable()  # nothing here makes cycles, and the collector would walk every row
        while True:
            write_frame(target, check_with(reader, read_frame(source)))
    except EOFError:
        return


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
