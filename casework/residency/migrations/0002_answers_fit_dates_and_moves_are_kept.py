import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0001_initial'),
        ('residency', '0001_initial'),
        ('vault', '0001_data_keys'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Move',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('what', models.CharField(choices=[('moved', 'moved'), ('gone', 'no longer computed'), ('back', 'computed again')], max_length=5)),
                ('cause', models.CharField(choices=[('facts', 'facts were recorded or changed'), ('rules', 'country rules changed'), ('time', 'time passed'), ('decision', 'an authority set or lifted a date')], max_length=8)),
                ('from_on', models.DateField(null=True)),
                ('to_on', models.DateField(null=True)),
            ],
            options={
                'verbose_name': 'move of a deadline',
                'verbose_name_plural': 'moves of deadlines',
            },
        ),
        migrations.RemoveIndex(
            model_name='computedposition',
            name='position_recheck',
        ),
        migrations.RemoveIndex(
            model_name='deadline',
            name='deadline_recheck',
        ),
        migrations.RemoveField(
            model_name='computedposition',
            name='recheck_on',
        ),
        migrations.RemoveField(
            model_name='deadline',
            name='recheck_on',
        ),
        migrations.AddField(
            model_name='computedposition',
            name='country',
            field=models.CharField(blank=True, default='', max_length=16),
        ),
        migrations.AddField(
            model_name='computedposition',
            name='failed',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='computedposition',
            name='recheck_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='computedposition',
            name='time_zone',
            field=models.CharField(blank=True, default='', max_length=40),
        ),
        migrations.AddField(
            model_name='decision',
            name='answered_country',
            field=models.CharField(blank=True, default='', editable=False, max_length=16),
        ),
        migrations.AddField(
            model_name='decision',
            name='answered_subject',
            field=models.CharField(blank=True, default='', editable=False, max_length=16),
        ),
        migrations.AddField(
            model_name='decision',
            name='number',
            field=models.PositiveSmallIntegerField(default=1, editable=False),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='decision',
            name='kind',
            field=models.CharField(choices=[('done', 'done'), ('waived', 'waived'), ('imposed', 'date imposed by an authority'), ('lifted', 'imposed date lifted'), ('reopened', 'reopened')], max_length=10),
        ),
        migrations.AddIndex(
            model_name='computedposition',
            index=models.Index(fields=['recheck_at'], name='position_recheck'),
        ),
        migrations.AddConstraint(
            model_name='deadline',
            constraint=models.CheckConstraint(condition=models.Q(('was_due_on__isnull', True), ('moved_at__isnull', False), _connector='OR'), name='deadline_moved_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='deadline',
            constraint=models.CheckConstraint(condition=models.Q(('contradicted', False), ('state', 'open'), _connector='OR'), name='deadline_contradicted_only_while_open'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.UniqueConstraint(fields=('deadline', 'number'), name='decision_numbered_once'),
        ),
        migrations.AddField(
            model_name='move',
            name='deadline',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='residency.deadline'),
        ),
        migrations.AddIndex(
            model_name='move',
            index=models.Index(fields=['deadline', '-at'], name='move_of_deadline_newest'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='move',
            trigger=pgtrigger.compiler.Trigger(name='never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='cfe9d8dc1071a367e4f8ad542d24462c59d5998b', operation='UPDATE', pgid='pgtrigger_never_changes_20804', table='residency_move', when='BEFORE')),
        ),
    ]
