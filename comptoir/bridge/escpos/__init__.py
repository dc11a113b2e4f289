"""ESC/POS: a receipt document turned into the bytes of a thermal printer."""
