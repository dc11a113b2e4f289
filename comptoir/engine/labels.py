"""French words of the receipts; a caller translates by giving its own `labels` over these."""

from .checks import TEXT

FRENCH = {
    "siret": "SIRET",
    "establishment_unit": "Unité d’établissement",
    "naf": "NAF",
    "vat_number": "TVA",
    "phone": "Tél.",
    "ticket": "Ticket",
    "register": "Caisse",
    "operator": "Vendeur",
    "refund": "REMBOURSEMENT",
    "cancel": "ANNULATION",
    "correction": "CORRECTION DE RÈGLEMENT",
    "origin_refund": "Rembourse le ticket",
    "origin_cancel": "Annule le ticket",
    "origin_correction": "Corrige le ticket",
    "origin_sale": "Suite du ticket",
    "of_date": "du",
    "duplicate": "DUPLICATA n°",
    "reprinted": "Ticket réimprimé",
    "training": "MODE ÉCOLE",
    "training_note": "Sans valeur de ticket de caisse",
    "training_number": "d’école",
    "discount": "Remise",
    "charge": "Supplément",
    "eco": "dont éco-participation",
    "subtotal": "Sous-total",
    "basket_discount": "Remise sur le ticket",
    "total": "TOTAL TTC",
    "to_refund": "TOTAL REMBOURSÉ",
    "to_pay": "À payer en espèces",
    "rounding": "Arrondi espèces",
    "received": "reçu",
    "change": "Rendu",
    "articles": "Nombre d’articles",
    "deposits": "Consignes (hors TVA)",
    "deposits_sold": "Consignes vendues",
    "deposits_returned": "Consignes reprises",
    "code": "Code",
    "rate": "Taux",
    "net": "HT",
    "vat": "TVA",
    "gross": "TTC",
    "outside_vat": "hors TVA",
    "signature": "Signature",
    "software": "Logiciel",
    "prices_net": "Prix hors taxes",
    "x": "X de caisse",
    "x_note": "X - non clôturé",
    "z": "Z de caisse n°",
    "opening": "Ouverture",
    "closing": "clôture",
    "closing_alone": "Clôture",
    "printed_at": "édité à",
    "printed_at_alone": "Édité à",
    "sales": "Ventes",
    "ticket_one": "ticket",
    "ticket_many": "tickets",
    "refunds": "Retours",
    "cancels": "Annulations",
    "corrections": "Corrections",
    "total_gross": "Total TTC",
    "vat_on": "TVA",
    "on": "sur",
    "total_net": "Total HT",
    "tenders": "Règlements",
    "by_operator": "Par vendeur",
    "by_family": "Par famille",
    "no_family": "Sans famille",
    "discounts": "Remises",
    "deleted": "Lignes supprimées",
    "duplicates": "Duplicatas",
    "drawer_openings": "Ouvertures du tiroir",
    "training_count": "Opérations en mode école",
    "provisionals": "Notes provisoires",
    "float": "Fond de caisse",
    "cash_sales": "Espèces des ventes",
    "cash_change": "Monnaie rendue sur autres règlements",
    "cash_in": "Apport",
    "cash_out": "Retrait",
    "cash_expected": "Espèces attendues",
    "counted": "Compté",
    "difference": "Écart",
    "exact": "juste",
    "rounding_total": "Arrondis espèces",
    "first_last": "Tickets",
    "to": "à",
    "no_ticket": "Aucun ticket",
    "perpetual": "Grand total perpétuel",
    "perpetual_absolute": "Grand total perpétuel absolu",
    "key": "Clé",
    "sealed": "Empreinte",
    "cash_opening": "OUVERTURE DE CAISSE",
    "cash_count": "COMPTAGE",
    "movement_in": "ENTRÉE D’ESPÈCES",
    "movement_out": "SORTIE D’ESPÈCES",
    "amount": "Montant",
    "reason": "Motif",
    "sign": "Signature du caissier",
    "meal": "Payable en titres-restaurant",
}


class Words:
    """The words of one receipt: the caller's where given, French otherwise."""

    __slots__ = ("own",)

    def __init__(self, own):
        self.own = own

    def of(self, key):
        word = self.own.get(key)
        return word if type(word) is TEXT else FRENCH[key]

    def named(self, key, default):
        """A word that only the caller can know (a family's name by its code)."""
        word = self.own.get(key)
        return word if type(word) is TEXT else default
