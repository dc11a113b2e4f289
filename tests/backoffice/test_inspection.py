"""An inspection through the services of its page: what it writes, what it finds, who may."""

import json
from datetime import date

import pytest

from comptoir.apps.access.refusals import RightMissing
from comptoir.apps.fiscal.models import Event
from comptoir.backoffice.inspection.running import inspection, open_inspection, run_inspection, verdict

SPAN = (date(2026, 11, 1), date(2026, 11, 30))


def unseen(total: int):
    return lambda steps: None


@pytest.mark.feature("FISC-12")
def test_an_inspection_is_told_at_both_ends(shop, visit, at) -> None:
    auditor = shop.people["auditor"]
    open_inspection(*SPAN, scope="", by=auditor)
    one = inspection(run_inspection(*SPAN, scope="", by=auditor, progress=unseen))
    assert one is not None and one.findings == []
    assert verdict(one).startswith("Tout est intact")
    assert one.archive.file.exists() and one.by == auditor.name
    steps = [
        json.loads(text)["step"]
        for text in Event.objects.filter(code=280).order_by("record__seq").values_list("detail", flat=True)
    ]
    assert steps == ["opened", "done"]
    page = visit("auditor").get(at(f"controle/{one.pk}/")).content.decode()
    for words in (
        "Z de caisse",
        "Journal des événements",
        "Utilisateurs et rôles",
        "Attestation individuelle",
        "Clés publiques",
    ):
        assert words in page


def test_who_may_not_inspect_leaves_no_trace(shop) -> None:
    with pytest.raises(RightMissing):
        open_inspection(*SPAN, scope="", by=shop.people["cashier"])
    assert not Event.objects.filter(code=280).exists()
