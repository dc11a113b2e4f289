"""The refusal that both engines share."""


class UnsafeDatabase(RuntimeError):
    """The database does not grant what durability needs: nothing may be written to it. The message is in French."""
