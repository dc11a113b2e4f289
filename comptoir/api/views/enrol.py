"""`POST enrol`: a device spends a one-time code and becomes a register."""

import base64
import binascii
from typing import Any

from django.http import HttpRequest

from comptoir.apps.fiscal.server_key import dossier_id
from comptoir.apps.till.services.enrol_register import EnrolmentRefused, enrol_register

from ..call import open_call
from ..problems import Problem
from ..rate import spend
from ..read import read_object, text_field

_STATUS = {"unknown_code": 403, "code_expired": 403, "code_used": 409, "bad_key": 400, "bad_proof": 403}


@open_call("POST")
def enrol(request: HttpRequest) -> dict[str, Any]:
    """See docs/developer/shapes.md section 4. Few tries a minute for the whole dossier: codes are not to be guessed."""
    spend("enrol", per_second=0.5, burst=20)
    value = read_object(request)
    try:
        spki = base64.b64decode(text_field(value, "public_key", limit=400), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise Problem(400, "bad_key") from problem
    try:
        done = enrol_register(
            text_field(value, "code", limit=40), spki=spki, proof=text_field(value, "proof", limit=200),
            origin=text_field(value, "origin", limit=200),
        )  # fmt: skip
    except EnrolmentRefused as refused:
        raise Problem(_STATUS.get(refused.code, 403), refused.code) from refused
    return {
        "token": done.token, "dossier": str(dossier_id()), "slug": request.dossier_slug, "register": done.register,
        "register_name": done.name, "generation": done.generation, "establishment": done.establishment,
        "perpetual": done.perpetual, "server_key": base64.b64encode(done.server_key).decode("ascii"),
        "enrolment": done.record,
    }  # fmt: skip
