from django.db import migrations, models
from django.db.models.functions import Length
from django.db.models.lookups import Exact


class Migration(migrations.Migration):
    dependencies = [("treasury", "0004_money_of_the_office")]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("record", models.UUIDField(unique=True)),
                ("digest", models.CharField(max_length=64)),
                ("media_type", models.CharField(max_length=10)),
                ("content", models.BinaryField()),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("media_type", "image/jpeg")), name="treasury_attachment_jpeg"
                    ),
                    models.CheckConstraint(condition=Exact(Length("digest"), 64), name="treasury_attachment_digest"),
                ],
            },
        ),
    ]
