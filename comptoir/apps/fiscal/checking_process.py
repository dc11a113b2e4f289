"""What runs in the other processes of `verify`: each opens the dossier itself, once, and checks what it is given."""

import gc

from .reading import Reader, Source, reader_of
from .slices import Outcome, Slice, check_slice
from .windows import Covered, Window, check_window

_reader: Reader | None = None


def open_reader(source: Source) -> None:
    """Opens this process's own way into the dossier."""
    global _reader
    _reader = reader_of(source)
    gc.disable()  # nothing here makes cycles, and the collector would walk every row


def check_part(part: Slice | Window) -> Outcome | Covered:
    """As `check_slice` and `check_window`, in a process that `open_reader` has prepared."""
    assert _reader is not None, "open_reader comes first"
    return check_with(_reader, part)


def check_with(reader: Reader, part: Slice | Window) -> Outcome | Covered:
    return check_window(reader, part) if isinstance(part, Window) else check_slice(reader, part)
