"""Articles name the container that is sold with them. Container deposits of older dossiers leave the VAT base: their rate goes."""

import django.db.models.deletion
from django.db import migrations, models


def outside_vat(apps, schema_editor):
    apps.get_model("catalog", "Article").objects.filter(kind="deposit").update(vat_e4=None)


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="article",
            name="deposit",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="contents", to="catalog.article"
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="deposit_milli",
            field=models.BigIntegerField(default=1000),
        ),
        migrations.RunPython(outside_vat, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "deposit"), _negated=True),
                    models.Q(("vat_e4__isnull", True), ("deposit__isnull", True)),
                    _connector="OR",
                ),
                name="catalog_deposit_outside_vat",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(("deposit_milli__gt", 0)), name="catalog_article_deposit_counts"
            ),
        ),
    ]
