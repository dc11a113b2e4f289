"""Addresses of the keys and the anchors, below « Contrôle »."""

from django.urls import path

from . import anchors, pages

urlpatterns = [
    path("controle/cles/", pages.KeyList.as_view(), name="key_list"),
    path("controle/cles/serveur/changer/", pages.KeyChange.as_view(of_server=True), name="server_key_change"),
    path("controle/cles/<str:code>/changer/", pages.KeyChange.as_view(), name="register_key_change"),
    path("controle/ancrages/", anchors.AnchorPage.as_view(), name="anchor_list"),
    path("controle/ancrages/ecrire/", anchors.AnchorNow.as_view(), name="anchor_now"),
    path("controle/ancrages/journal/", anchors.AnchorLog.as_view(), name="anchor_log"),
]
