"""The names of the ledger's accounts, and which ones are cash of the shop. Pure."""

SALES, OUTSIDE, DIFFERENCE = "sales", "outside", "difference"
MAIN_SAFE, MAIN_BANK = "safe/1", "bank/1"
ON_THE_WAY_TO_BANK = "transit/bank"
# Cash that the shop holds: what the cash book follows. Money sealed in a bag for the bank has left it.
CASH_KINDS = ("drawer", "float", "safe")

# Where the money of a till's movement comes from or goes to, by the code of its reason. Any other reason: outside.
# These codes are part of the format: a record means the same for ever, whatever the shop renames.
TILL_REASONS = {
    "to_safe": MAIN_SAFE, "coffre": MAIN_SAFE, "from_safe": MAIN_SAFE, "bank": MAIN_BANK, "change_sent": "transit/{register}",
}  # fmt: skip


def drawer(register: str) -> str:
    return f"drawer/{register}"


def between_sessions(register: str) -> str:
    return f"float/{register}"


def on_the_way_to(register: str) -> str:
    """Change that the office prepared for a register, until the till says that it received it."""
    return f"transit/{register}"


def other_side(register: str, *, reason: str | None) -> str:
    """The account that a till's cash movement answers."""
    return TILL_REASONS.get(reason or "", OUTSIDE).format(register=register)


def is_cash(account: str) -> bool:
    return account.partition("/")[0] in CASH_KINDS
