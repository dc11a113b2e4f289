"""How the commands show the totals of a period."""

from typing import Any

from comptoir.config.cli.report import euros, percent

_OPERATIONS = (("sale", "Ventes"), ("refund", "Remboursements"), ("cancel", "Annulations"))
_CASH = (
    ("opening_minor", "Fonds de caisse"), ("moves_minor", "Entrées et sorties"), ("sales_minor", "Ventes en espèces"),
    ("change_for_others_minor", "Rendu sur d’autres règlements"), ("expected_minor", "Attendu"),
    ("uncounted_minor", "dont non compté"), ("counted_minor", "Compté"), ("difference_minor", "Écart"),
)  # fmt: skip


def period_text(title: str, totals: dict[str, Any]) -> str:
    """The totals as lines for a terminal."""
    lines = [title, "-" * len(title), f"Z : {totals['closings']}, tickets : {totals['tickets']}"]
    for key, label in _OPERATIONS:
        if totals[key]["count"]:
            lines.append(f"{label} : {totals[key]['count']}, {euros(totals[key]['amount_minor'])}")
    lines.append(f"Total TTC : {euros(totals['gross_minor'])} (HT {euros(totals['net_minor'])})")
    for row in totals["vat"]:
        rate = "Hors TVA" if row["vat_e4"] is None else f"TVA {percent(row['vat_e4'])}"
        lines.append(f"  {rate} : base {euros(row['base_minor'])}, TVA {euros(row['vat_minor'])}")
    for row in totals["tenders"]:
        lines.append(f"  {row['label']} : {row['count']}, {euros(row['amount_minor'])}")
    lines.append("Espèces :")
    lines += [f"  {label} : {euros(totals['cash'][key])}" for key, label in _CASH]
    return "\n".join(lines)
