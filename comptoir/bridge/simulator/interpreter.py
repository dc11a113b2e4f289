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
    """A QR code or barcode. `dots` is the width of one module."""

    kind: str
    text: str
    align: str = field(default="l", compare=False)
    dots: int = field(default=3, compare=False)
    height: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Raster:
    width_bytes: int
    rows: int
    data: bytes
    align: str = field(default="l", compare=False)


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
    _qr_dots: int = 3
    _bar_dots: int = 3
    _bar_height: int = 162
    _stored: Raster | None = None
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
            self._measure(code, self._pending[2])
            return 3
        raise UnknownCommand(f"GS {code:#04x} at {self._offset}")

    def _measure(self, code: int, value: int) -> None:
        if code == ord("!"):
            self._wide, self._high = (value >> 4) + 1, (value & 15) + 1
        elif code == ord("h"):
            self._bar_height = value
        elif code == ord("w"):
            self._bar_dots = value

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
        self.items.append(Raster(width, rows, bytes(self._pending[8:end]), self._align))
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
        text = self._code128(data) if symbol == 0x49 else data.decode("ascii")
        self.items.append(Symbol(kinds[symbol], text, self._align, self._bar_dots, self._bar_height))
        return 4 + size

    def _code128(self, data: bytes) -> str:
        """Text of the data of `GS k 73`: begins with a set; in set C a byte is two digits; `{{` is a brace."""
        text, index, code_set = "", 0, 0
        while index < len(data):
            byte = data[index]
            if byte == ord("{") and index + 1 < len(data) and data[index + 1] in b"ABC{":
                if data[index + 1] == ord("{"):
                    text += "{"
                else:
                    code_set = data[index + 1]
                index += 2
            elif code_set == 0 or byte == ord("{") or (code_set == ord("C") and byte > 99):
                raise UnknownCommand(f"Code 128 data at {self._offset}")
            else:
                text += f"{byte:02d}" if code_set == ord("C") else chr(byte)
                index += 1
        return text

    def _function(self) -> int:
        if len(self._pending) < 5:
            return 0
        size = self._pending[3] | self._pending[4] << 8
        if len(self._pending) < 5 + size:
            return 0
        family, given = self._pending[2], bytes(self._pending[5 : 5 + size])
        if family == ord("k") and given[:1] == b"1":
            self._qr_function(given[1], given[2:])
        elif family == ord("L") and given[:1] == b"0":
            self._graphics(given[1], given[2:])
        else:
            raise UnknownCommand(f"GS ( {family:#04x} at {self._offset}")
        return 5 + size

    def _qr_function(self, function: int, given: bytes) -> None:
        if function == ord("P"):
            self._qr = given[1:]
        elif function == ord("C"):
            self._qr_dots = given[0]
        elif function == ord("Q"):
            self.items.append(Symbol("qr", self._qr.decode("utf-8"), self._align, self._qr_dots))
        elif function not in b"AE":
            raise UnknownCommand(f"QR function {function:#04x} at {self._offset}")

    def _graphics(self, function: int, given: bytes) -> None:
        """Function 112 stores a raster of one colour, functions 2 and 50 print what is stored."""
        if function == 112:
            width, rows = given[4] | given[5] << 8, given[6] | given[7] << 8
            data = given[8:]
            if given[0] != ord("0") or len(data) != (width + 7) // 8 * rows:
                raise UnknownCommand(f"graphics data at {self._offset}")
            self._stored = Raster((width + 7) // 8, rows, data, self._align)
        elif function in (2, 50) and self._stored is not None:
            self.items.append(self._stored)
            self._stored = None
        else:
            raise UnknownCommand(f"graphics function {function} at {self._offset}")


def read(data: bytes) -> list[Item]:
    """The paper of a complete job. Raises UnknownCommand."""
    interpreter = Interpreter()
    interpreter.feed(data)
    interpreter.finish()
    return interpreter.items
