"""A process that prepares received records for the one that writes them: `python -m comptoir.apps.till.preparing`.

It reads a frame, answers a frame, and ends when its input does. No database, no network: what it needs is in the frame.
Frames are four bytes of length and a `marshal` text: both ends are the same program, started by the same interpreter."""

import gc
import marshal
import sys
from typing import Any, BinaryIO

LENGTH_BYTES = 4
MADE_BETWEEN_LOOKS = 20_000  # objects; a ticket makes hundreds, none of them in a cycle
# who sends, when received, dossier, vendor of the database, keys (register, generation, thumbprint, DER), envelopes
Frame = tuple[str, str, str, str, list[tuple[str, int, str, bytes]], list[dict[str, Any]]]


def framed(value: Any) -> bytes:
    """One value as it goes through the pipe."""
    text = marshal.dumps(value)
    return len(text).to_bytes(LENGTH_BYTES, "big") + text


def write_bytes(stream: BinaryIO, frame: bytes) -> None:
    """Writes a frame, whole, and flushes."""
    stream.write(frame)
    stream.flush()


def read_bytes(stream: BinaryIO) -> bytes:
    """The text of the next frame, for `unframed`; raises EOFError when the other end is gone."""
    head = stream.read(LENGTH_BYTES)
    length = int.from_bytes(head, "big")
    text = stream.read(length) if len(head) == LENGTH_BYTES else b""
    if len(head) < LENGTH_BYTES or len(text) < length:
        raise EOFError("the other end is gone")
    return text


def unframed(text: bytes) -> Any:
    """The value that a frame holds."""
    return marshal.loads(text)  # noqa: S302 - written by our own process, over a pipe that nobody else holds


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Prepares until the input ends."""
    from .services.prepare_apart import prepared_frame

    gc.freeze()  # what was loaded stays: nothing of it is worth looking through again
    gc.set_threshold(MADE_BETWEEN_LOOKS)
    while True:
        try:
            frame = read_bytes(source)
        except EOFError:
            return
        write_bytes(target, framed(prepared_frame(unframed(frame))))


if __name__ == "__main__":
    import django

    django.setup()
    serve(sys.stdin.buffer, sys.stdout.buffer)
