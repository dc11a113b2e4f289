"""Addresses of the credit notes."""

from django.urls import URLPattern, path

from . import pages

urlpatterns: list[URLPattern] = [
    path("avoirs/", pages.CreditNoteList.as_view(), name="credit_note_list"),
    path("avoirs/<uuid:pk>/", pages.CreditNoteDetail.as_view(), name="credit_note_detail"),
]
