"""A web session of the office. The key is stored as its digest: a copy of the dossier opens nothing."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from comptoir.apps.access.models.user import User


class Session(AbstractBaseSession):
    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    device = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "session"

    @classmethod
    def get_session_store_class(cls) -> type:
        from comptoir.apps.access.session_store import SessionStore

        return SessionStore
