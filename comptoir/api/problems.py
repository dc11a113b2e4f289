"""Refusals of the till's API as problem documents (RFC 9457), with what a shopkeeper can read."""

from typing import Any

from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

TEXTS = {
    "not_json": gettext_lazy("L’envoi de la caisse n’a pas pu être lu. Rien n’a été enregistré ; la caisse renverra."),
    "wrong_shape": gettext_lazy("L’envoi de la caisse n’a pas la forme attendue. Rien n’a été enregistré."),
    "too_large": gettext_lazy("L’envoi de la caisse est trop volumineux. Rien n’a été enregistré."),
    "not_a_picture": gettext_lazy("Cette photo n’a pas pu être lue. La dépense est enregistrée sans elle."),
    "no_record": gettext_lazy("La dépense de cette photo n’est pas encore arrivée. La caisse la renverra."),
    "other_content": gettext_lazy("Cette photo n’est pas celle de la dépense. Rien n’a été enregistré."),
    "too_many": gettext_lazy("L’envoi contient plus de 200 enregistrements. Rien n’a été enregistré."),
    "too_fast": gettext_lazy("Cette caisse envoie trop souvent. Elle reprendra d’elle-même dans quelques secondes."),
    "no_token": gettext_lazy("Cette caisse n’est pas reconnue. Demandez à un responsable un code d’inscription."),
    "revoked": gettext_lazy(
        "Cette caisse n’est pas ou plus inscrite. Demandez à un responsable un code d’inscription."
    ),
    "unknown_code": gettext_lazy("Ce code d’inscription n’existe pas. Vérifiez-le, ou demandez-en un autre."),
    "unknown_register": gettext_lazy("Cette caisse n’existe pas, ou n’est plus en service."),
    "code_expired": gettext_lazy("Ce code d’inscription a expiré. Demandez-en un autre."),
    "code_used": gettext_lazy("Ce code d’inscription a déjà servi. Demandez-en un autre."),
    "bad_key": gettext_lazy("La clé de cette caisse ne convient pas. Rechargez la page et recommencez."),
    "bad_proof": gettext_lazy("La caisse n’a pas pu prouver sa clé. Rechargez la page et recommencez."),
    "not_set_up": gettext_lazy("Ce dossier n’est pas encore prêt. Terminez sa création dans la gestion."),
    "not_found": gettext_lazy("Ce qui est demandé n’existe pas."),
    "unknown_ticket": gettext_lazy(
        "Ce ticket n’est pas connu ici. S’il vient d’être fait sur une autre caisse, patientez."
    ),
    "unknown_credit_note": gettext_lazy("Cet avoir n’est pas connu ici. Vérifiez son numéro sur le papier."),
    "unknown_article": gettext_lazy("Cet article n’existe plus. Rien n’a été enregistré."),
    "code_refused": gettext_lazy("Ce code ou cet article n’est pas accepté au catalogue. Rien n’a été enregistré."),
    "right_missing": gettext_lazy("Cette personne ne peut pas modifier le catalogue. Rien n’a été enregistré."),
    "unknown_basket": gettext_lazy("Ce ticket en attente n’est pas connu ici."),
    "basket_taken": gettext_lazy("Ce ticket en attente a déjà été repris sur une autre caisse."),
    "too_old": gettext_lazy("Cette version du catalogue est trop ancienne : la caisse le rechargera en entier."),
    "bad_address": gettext_lazy("Cette adresse e-mail n’a pas la forme nom@domaine. Rien n’est envoyé."),
    "not_offered": gettext_lazy("L’envoi par e-mail n’est pas réglé dans la gestion. Rien n’est envoyé."),
    "not_written": gettext_lazy(
        "Le serveur ne peut rien enregistrer pour l’instant. La caisse garde tout et renverra."
    ),
    "unexpected": gettext_lazy("Un incident est survenu. Rien n’a été perdu : la caisse garde tout et renverra."),
    "method_not_allowed": gettext_lazy("Cette adresse n’accepte pas cette demande."),
}


class Problem(Exception):
    """A refusal, to be answered as it is. `where` points into the request (`records/3/seq`)."""

    def __init__(self, status: int, code: str, *, where: str = "", retry_after: int | None = None) -> None:
        super().__init__(f"{status} {code} {where}".rstrip())
        self.status = status
        self.code = code
        self.where = where
        self.retry_after = retry_after


def problem_body(problem: Problem) -> dict[str, Any]:
    """The problem document of a refusal, as an object."""
    text = detail = str(TEXTS[problem.code])
    if problem.where:
        detail = _("%(text)s (à l’endroit : %(where)s)") % {"text": text, "where": problem.where}
    body: dict[str, Any] = {
        "type": f"urn:comptoir:problem:{problem.code}", "title": text, "status": problem.status, "code": problem.code,
        "detail": detail,
    }  # fmt: skip
    if problem.where:
        body["pointer"] = problem.where
    return body


def problem_answer(problem: Problem) -> JsonResponse:
    """The problem document of a refusal, as an answer."""
    answer = JsonResponse(problem_body(problem), status=problem.status, content_type="application/problem+json")
    if problem.retry_after is not None:
        answer["Retry-After"] = str(problem.retry_after)
    return answer
