"""A deadline stays as it is while nothing that it rests on has changed: which countries these are, and what was said of them."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('residency', '0013_history_found_by_what_it_hung_on'),
    ]

    operations = [
        migrations.CreateModel(
            name='RulesState',
            fields=[
                ('version', models.BigIntegerField(primary_key=True, serialize=False)),
                ('computed_with', models.CharField(max_length=64)),
                ('digests', models.JSONField()),
            ],
        ),
        migrations.AddField(
            model_name='computedposition',
            name='looked_at',
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), null=True, size=None
            ),
        ),
    ]
