"""Addresses below /d/<slug>/api/till/."""

from django.urls import path

from .views.attachments import attachments
from .views.bootstrap import bootstrap
from .views.catalogue import chunk, delta, manifest, picture
from .views.copies import receipt_copies
from .views.corrections import credit_note, ticket, tickets
from .views.enrol import enrol
from .views.parked import parked, take
from .views.printing import print_job, print_now
from .views.records import heads, records
from .views.unknown_codes import attach, create

urlpatterns = [
    path("enrol", enrol),
    path("bootstrap", bootstrap),
    path("catalogue/manifest", manifest),
    path("catalogue/chunks/<int:version>/<int:index>", chunk),
    path("catalogue/delta", delta),
    path("catalogue/codes", attach),
    path("catalogue/articles", create),
    path("photos/<str:digest>", picture),
    path("records", records),
    path("attachments", attachments),
    path("heads", heads),
    path("receipt-copies", receipt_copies),
    path("tickets", tickets),
    path("tickets/<str:chain>/<int:seq>", ticket),
    path("credit-notes/<str:reference>", credit_note),
    path("parked", parked),
    path("parked/<uuid:basket>/take", take),
    path("print", print_now),
    path("print/<uuid:job>", print_job),
]
