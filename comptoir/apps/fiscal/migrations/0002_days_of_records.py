"""The days of all records but tickets, for archives: a ticket costs this index nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fiscal", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                condition=models.Q(("type", "ticket"), _negated=True),
                fields=["business_date", "chain", "seq"],
                name="fiscal_record_day",
            ),
        ),
    ]
