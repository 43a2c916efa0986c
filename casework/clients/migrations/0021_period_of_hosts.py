"""Offers of hosts that came to nothing have a period too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clients", "0020_hand_overs_of_leavers")]

    operations = [
        migrations.RemoveConstraint(model_name="retentionperiod", name="retention_kind_known"),
        migrations.AlterField(
            model_name="retentionperiod",
            name="kind",
            field=models.CharField(
                choices=[
                    ("case", "cases and everything in them"),
                    ("scan", "pictures of papers"),
                    ("referral_in", "referrals to us that did not become a case"),
                    ("complaint", "complaints"),
                    ("host", "offers of hosts that came to nothing"),
                ],
                max_length=12,
                primary_key=True,
                serialize=False,
                verbose_name="what",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["case", "scan", "referral_in", "complaint", "host"])),
                name="retention_kind_known",
            ),
        ),
    ]
