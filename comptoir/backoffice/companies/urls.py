"""Addresses of the room « Sauvegardes »."""

from django.urls import path

from . import pages

urlpatterns = [
    path("sauvegardes/", pages.CopyList.as_view(), name="copy_list"),
    path("sauvegardes/faire/", pages.CopyMake.as_view(), name="copy_make"),
    path("sauvegardes/<str:name>/telecharger/", pages.CopyDownload.as_view(), name="copy_download"),
]
