"""Existing dossiers get the tenders and reasons of returns that new ones are proposed; what they have is kept."""

from django.db import migrations

from comptoir.apps.settings.packs import pack

TENDERS = ("credit_note", "exchange")


def propose(apps, schema_editor):
    alias = schema_editor.connection.alias
    company = apps.get_model("settings", "Company").objects.using(alias).first()
    if company is None:  # a new dossier: set_up_company proposes everything
        return
    data = pack(company.country)
    tenders = apps.get_model("settings", "TenderType").objects.using(alias)
    last = max([0, *tenders.values_list("position", flat=True)])
    for row in data["tenders"]:
        if row["kind"] in TENDERS and not tenders.filter(kind=row["kind"]).exists():
            last += 1
            tenders.get_or_create(code=row["code"], defaults={**row, "position": last})
    for name, key in (("ReturnReason", "return_reasons"), ("DrawerReason", "drawer_reasons")):
        rows = apps.get_model("settings", name).objects.using(alias)
        for position, row in enumerate(data[key], start=1):
            rows.get_or_create(code=row["code"], defaults={**row, "position": position})


class Migration(migrations.Migration):
    dependencies = [("settings", "0002_returns_and_print_rules")]

    operations = [migrations.RunPython(propose, migrations.RunPython.noop)]
