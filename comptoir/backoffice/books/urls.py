"""Addresses of the books."""

from django.urls import URLPattern, path

from . import pages
from .accounts import BookAccounts
from .pieces import Piece

urlpatterns: list[URLPattern] = [
    path("livres/", pages.CashBookPage.as_view(), name="cash_book"),
    path("livres/recettes/", pages.ReceiptsBookPage.as_view(), name="receipts_book"),
    path("livres/ventes/", pages.SalesJournalPage.as_view(), name="sales_journal"),
    path("livres/ecritures/", pages.EntriesPage.as_view(), name="journal_entries"),
    path("livres/controle/", pages.BooksCheck.as_view(), name="books_check"),
    path("livres/piece/<str:kind>/<str:number>/", Piece.as_view(), name="piece"),
    path("livres/comptes/", BookAccounts.as_view(), name="book_accounts"),
]
