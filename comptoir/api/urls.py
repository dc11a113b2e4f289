"""Addresses below /d/<slug>/api/till/."""

from django.urls import path

from .views.enrol import enrol
from .views.records import heads, records

urlpatterns = [
    path("enrol", enrol),
    path("records", records),
    path("heads", heads),
]
