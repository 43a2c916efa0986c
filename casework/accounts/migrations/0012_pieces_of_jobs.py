"""Long pieces of work are cut into pieces that several workers take."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_history_found_by_what_it_hung_on'),
    ]

    operations = [
        migrations.CreateModel(
            name='Piece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('after', models.UUIDField()),
                ('until', models.UUIDField()),
                ('size', models.PositiveIntegerField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('failed', models.PositiveIntegerField(default=0)),
                ('touched_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pieces', to='accounts.job')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('job', 'number'), name='piece_once_a_job'), models.CheckConstraint(condition=models.Q(('size__gt', 0), ('until__gt', models.F('after'))), name='piece_is_not_empty'), models.CheckConstraint(condition=models.Q(('failed__lte', models.F('size'))), name='piece_fails_no_more_than_it_holds')],
            },
        ),
    ]
