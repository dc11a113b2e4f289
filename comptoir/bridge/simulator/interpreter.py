"""Reads ESC/POS bytes back into what stands on the paper. Written from the command tables, not from the emitter: an
unknown command is a failure (`UnknownCommand`), because a printer would print its bytes as text."""

from dataclasses import dataclass, field

PAGES = {0: "cp437", 2: "cp850", 16: "cp1252", 19: "cp858", 40: "iso8859-15"}


class UnknownCommand(ValueError):
    """Bytes that are no command of the tables, with their offset."""


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    align: str = "l"
    bold: bool = False
    wide: int = 1
    high: int = 1


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR code or barcode."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Raster:
    width_bytes: int
    rows: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened rather than stands: cut, pulse, feed, init."""

    kind: str
    value: int = 0


Item = Line | Symbol | Raster | Mark


@dataclass(slots=True)
class Interpreter:
    """Feed it bytes in any portions; `items` is the paper so far. Bytes of an unfinished command wait for the rest."""

    items: list[Item] = field(default_factory=list)
    codec: str = "cp437"
    _pending: bytearray = field(default_factory=bytearray)
    _text: bytearray = field(default_factory=bytearray)
    _align: str = "l"
    _bold: bool = False
    _wide: int = 1
    _high: int = 1
    _qr: bytes = b""
    _offset: int = 0

    def feed(self, data: bytes) -> None:
        self._pending += data
        while self._pending:
            used = self._step()
            if used == 0:
                return
            del self._pending[:used]
            self._offset += used

    def finish(self) -> None:
        """Raises UnknownCommand when the stream ends in the middle of a command or of a row."""
        if self._pending or self._text:
            raise UnknownCommand(f"stream ends inside a command or a row at byte {self._offset}")

    @property
    def lines(self) -> list[str]:
        return [item.text for item in self.items if isinstance(item, Line)]

    def _step(self) -> int:
        first = self._pending[0]
        if first == 0x0A:
            self._flush()
            return 1
        if first in (0x1B, 0x1D, 0x10):
            return self._command(first)
        if first < 0x20:
            raise UnknownCommand(f"control byte {first:#04x} at {self._offset}")
        self._text.append(first)
        return 1

    def _flush(self) -> None:
        text = self._text.decode(self.codec)
        self.items.append(Line(text, self._align, self._bold, self._wide, self._high))
        self._text.clear()

    def _command(self, lead: int) -> int:
        if len(self._pending) < 2:
            return 0
        code = self._pending[1]
        if lead == 0x10:
            return self._real_time()
        if lead == 0x1B:
            return self._escape(code)
        return self._group(code)

    def _real_time(self) -> int:
        if len(self._pending) < 3:
            return 0
        if self._pending[1] == 0x04 and 1 <= self._pending[2] <= 4:
            return 3
        raise UnknownCommand(f"DLE {self._pending[1]:#04x} at {self._offset}")

    def _escape(self, code: int) -> int:
        size = {0x40: 2, 0x70: 5}.get(code, 3 if code in b"RtEaMdJ!-3G" else 2 if code == 0x32 else 0)
        if size == 0:
            raise UnknownCommand(f"ESC {code:#04x} at {self._offset}")
        if len(self._pending) < size:
            return 0
        value = self._pending[2] if size > 2 else 0
        if code == 0x40:
            self._align, self._bold, self._wide, self._high, self.codec = "l", False, 1, 1, "cp437"
            self.items.append(Mark("init"))
        elif code == 0x70:
            self.items.append(Mark("pulse", value))
        else:
            self._set(code, value)
        return size

    def _set(self, code: int, value: int) -> None:
        if code == ord("t"):
            if value not in PAGES:
                raise UnknownCommand(f"code page {value} at {self._offset}")
            self.codec = PAGES[value]
        elif code == ord("a"):
            self._align = "lcr"[value % 48 if value >= 48 else value]
        elif code == ord("E"):
            self._bold = bool(value & 1)
        elif code == ord("!"):
            self._bold, self._high, self._wide = bool(value & 8), 2 if value & 16 else 1, 2 if value & 32 else 1
        elif code in (ord("d"), ord("J")):
            self.items.append(Mark("feed", value))

    def _group(self, code: int) -> int:
        if code == ord("V"):
            return self._cut()
        if code == ord("v"):
            return self._raster()
        if code == ord("k"):
            return self._barcode()
        if code == ord("("):
            return self._function()
        if code in b"hwHf!Brb":
            if len(self._pending) < 3:
                return 0
            if code == ord("!"):
                self._wide, self._high = (self._pending[2] >> 4) + 1, (self._pending[2] & 15) + 1
            return 3
        raise UnknownCommand(f"GS {code:#04x} at {self._offset}")

    def _cut(self) -> int:
        if len(self._pending) < 3:
            return 0
        mode = self._pending[2]
        size = 4 if mode in (65, 66) else 3
        if len(self._pending) < size:
            return 0
        self.items.append(Mark("cut", mode))
        return size

    def _raster(self) -> int:
        if len(self._pending) < 8:
            return 0
        width = self._pending[4] | self._pending[5] << 8
        rows = self._pending[6] | self._pending[7] << 8
        end = 8 + width * rows
        if len(self._pending) < end:
            return 0
        self.items.append(Raster(width, rows, bytes(self._pending[8:end])))
        return end

    def _barcode(self) -> int:
        if len(self._pending) < 4:
            return 0
        kinds = {0x41: "upca", 0x43: "ean13", 0x44: "ean8", 0x45: "code39", 0x46: "itf", 0x49: "code128"}
        symbol, size = self._pending[2], self._pending[3]
        if symbol not in kinds:
            raise UnknownCommand(f"barcode {symbol:#04x} at {self._offset}")
        if len(self._pending) < 4 + size:
            return 0
        data = bytes(self._pending[4 : 4 + size])
        if symbol == 0x49:
            data = data.removeprefix(b"{B").replace(b"{{", b"{")
        self.items.append(Symbol(kinds[symbol], data.decode("ascii")))
        return 4 + size

    def _function(self) -> int:
        if len(self._pending) < 5:
            return 0
        size = self._pending[3] | self._pending[4] << 8
        if len(self._pending) < 5 + size:
            return 0
        if self._pending[2] != ord("k") or self._pending[5] != ord("1"):
            raise UnknownCommand(f"GS ( {self._pending[2]:#04x} at {self._offset}")
        function = self._pending[6]
        if function == ord("P"):
            self._qr = bytes(self._pending[8 : 5 + size])
        elif function == ord("Q"):
            self.items.append(Symbol("qr", self._qr.decode("utf-8")))
        elif function not in b"ACE":
            raise UnknownCommand(f"QR function {function:#04x} at {self._offset}")
        return 5 + size


def read(data: bytes) -> list[Item]:
    """The paper of a complete job. Raises UnknownCommand."""
    interpreter = Interpreter()
    interpreter.feed(data)
    interpreter.finish()
    return interpreter.items
