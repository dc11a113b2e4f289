"""Refusals that concern no business rule: a page for people, a problem document (RFC 9457) for programs."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

TEXTS = {
    "bad_request": gettext_lazy("Cette demande n’a pas pu être lue. Revenez en arrière et recommencez."),
    "login_needed": gettext_lazy("Connectez-vous pour continuer."),
    "right_missing": gettext_lazy("Votre rôle n’ouvre pas cette page. Demandez à un responsable."),
    "right_not_declared": gettext_lazy("Cette page n’est ouverte à personne. Signalez-la à votre installateur."),
    "form_expired": gettext_lazy("Le formulaire a expiré. Rechargez la page et recommencez : rien n’a été enregistré."),
    "not_found": gettext_lazy("Cette page n’existe pas ou n’existe plus."),
    "unknown_dossier": gettext_lazy("Ce dossier n’existe pas sur cette installation."),
    "dossier_unavailable": gettext_lazy("Ce dossier ne peut pas être ouvert pour l’instant. Les caisses continuent."),
    "method_not_allowed": gettext_lazy("Cette adresse n’accepte pas cette demande."),
    "too_fast": gettext_lazy("Trop de demandes à la fois. Réessayez dans une minute."),
    "too_large": gettext_lazy("L’envoi est trop volumineux. Rien n’a été enregistré."),
    "unexpected": gettext_lazy("Un incident est survenu. Rien n’a été perdu ; donnez ce numéro à votre installateur."),
}


def refusal(request: HttpRequest, status: int, *, code: str, login: str = "") -> HttpResponse:
    """The refusal `code` as a page, or as a problem document below /api/ and for whoever does not accept HTML.

    With the address of the login page, it tells how to send again a form that met a session that was over."""
    text = str(TEXTS[code])
    request_id = getattr(request, "request_id", "")
    if wants_problem(request):
        body = {"type": f"urn:comptoir:problem:{code}", "title": text, "status": status, "code": code, "detail": text}
        body |= {"instance": f"urn:comptoir:request:{request_id}"} if request_id else {}
        return JsonResponse(body, status=status, content_type="application/problem+json")
    context = {"status": status, "text": text, "request_id": request_id, "title": _("Comptoir"), "login": login}
    return HttpResponse(render_to_string("refusal.html", context), status=status)


def wants_problem(request: HttpRequest) -> bool:
    accept = request.headers.get("Accept", "")
    return "/api/" in request.path or ("json" in accept and "text/html" not in accept)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, 400, code="bad_request")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, 403, code="right_missing")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, 404, code="not_found")


def unexpected(request: HttpRequest) -> HttpResponse:
    return refusal(request, 500, code="unexpected")


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django calls it when the CSRF check refuses."""
    return refusal(request, 403, code="form_expired")
