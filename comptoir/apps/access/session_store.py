"""Sessions kept in the dossier they were opened in, under the digest of their key.

Idle for 15 minutes or 12 hours old, a session is over (ASVS 7.3). It also carries the dossier's id, so that a copy of
a session row in another dossier opens nothing.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from comptoir.apps.access.models import Session

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)  # how often an unchanged session's last use is written down

USER_KEY, DOSSIER_KEY = "user", "dossier"


def stored_key(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()


class SessionStore(db.SessionStore):
    device = ""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        now = timezone.now()
        row = Session.objects.filter(session_key=stored_key(self.session_key)).first()
        if row is None or row.expire_date <= now:
            self._session_key = None
            return None
        self.row = row
        return row

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=stored_key(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        now = timezone.now()
        created_at = datetime.fromisoformat(data["opened_at"]) if "opened_at" in data else now
        return Session(
            session_key=stored_key(self._get_or_create_session_key()),
            session_data=self.encode(data),
            user_id=data.get(USER_KEY),
            created_at=created_at,
            seen_at=now,
            expire_date=min(now + IDLE, created_at + ABSOLUTE),
            device=self.device[:200],
        )

    def delete(self, session_key: str | None = None) -> None:
        session_key = session_key or self.session_key
        if session_key is not None:
            Session.objects.filter(session_key=stored_key(session_key)).delete()

    def must_be_written(self) -> bool:
        """Whether the last use written down is too old to keep the idle limit honest."""
        row = getattr(self, "row", None)
        return row is not None and timezone.now() - row.seen_at >= SEEN_EVERY
