from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('residency', '0002_answers_fit_dates_and_moves_are_kept'),
    ]

    operations = [
        migrations.AddField(
            model_name='deadline',
            name='met_by_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='deadline',
            name='met_by_kind',
            field=models.CharField(blank=True, default='', max_length=16),
        ),
        migrations.AddField(
            model_name='deadline',
            name='met_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='deadline',
            name='only_if_here_after',
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name='deadline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('met_by_id__isnull', True), ('met_by_kind', ''), ('met_on__isnull', True)), models.Q(models.Q(('met_by_kind', ''), _negated=True), ('met_by_id__isnull', False)), _connector='OR'), name='deadline_met_by_a_fact'),
        ),
    ]
