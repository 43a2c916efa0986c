"""A draft of scoring is tried on an invented case, and nothing of that is kept: no job ever worked out a trial."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clients", "0015_scores_checked")]

    operations = [migrations.RemoveField(model_name="schemeversion", name="trial")]
