from django.db import migrations, models
from django.db.models import F, Q


def say_when(apps, schema_editor):
    """What was stored so far was looked at last when it was worked out."""
    apps.get_model("clients", "Score").objects.update(checked_at=F("computed_at"))


class Migration(migrations.Migration):
    dependencies = [("clients", "0014_to_dos_about_stopped_referrals")]

    operations = [
        migrations.AddField("score", "checked_at", models.DateTimeField(null=True)),
        migrations.RunPython(say_when, migrations.RunPython.noop),
        migrations.AlterField("score", "checked_at", models.DateTimeField()),
        migrations.AddConstraint(
            "score",
            models.CheckConstraint(name="score_checked_later", condition=Q(checked_at__gte=F("computed_at"))),
        ),
    ]
