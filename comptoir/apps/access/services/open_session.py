"""Tie a web session to the person who logged in, and end it."""

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from comptoir.apps.access.models import Session, User
from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.access.session_store import DOSSIER_KEY, USER_KEY, stored_key


def open_session(session: SessionBase, *, user: User, dossier: str) -> None:
    """Log a person in: a new key (ASVS 7.2.4), nothing kept of the visitor's session, bound to this dossier."""
    session.flush()
    session["opened_at"] = timezone.now().isoformat()
    session[USER_KEY] = str(user.pk)
    session[DOSSIER_KEY] = dossier


def end_session(session: SessionBase) -> None:
    """Log out: the row goes, the key opens nothing any more."""
    session.flush()


def close_sessions_of(user: User, *, by: User) -> int:
    """Close every session of a person: one's own, or another's with `users.manage`. Returns how many."""
    if by.pk != user.pk:
        require_right(by, right="users.manage")
    return Session.objects.filter(user=user).delete()[0]


def close_session(stored_key: str, *, by: User) -> bool:
    """Close one of one's own sessions, named by the digest under which it is stored; False when there is none by that
    name, or when it is somebody else's."""
    return Session.objects.filter(user=by, session_key=stored_key).delete()[0] > 0


def close_other_sessions(session: SessionBase, *, by: User) -> int:
    """Close every session of a person but the one given. Returns how many."""
    here = stored_key(session.session_key or "")
    return Session.objects.filter(user=by).exclude(session_key=here).delete()[0]
