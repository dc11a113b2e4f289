import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="ColumnChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table", models.CharField(max_length=40)),
                ("columns", models.JSONField()),
                (
                    "user",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="access.user"),
                ),
            ],
            options={"verbose_name": "choix de colonnes"},
        ),
        migrations.AddConstraint(
            model_name="columnchoice",
            constraint=models.UniqueConstraint(fields=("user", "table"), name="backoffice_columns_once"),
        ),
    ]
