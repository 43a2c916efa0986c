"""Keep what people agreed to be written to about, by which way, and that they stopped it."""

import casework.lib.ids
import casework.reminders.models
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0016_drafts_of_scoring_without_trial'),
        ('reminders', '0004_policies_quiet_hours_and_digests'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MessageAgreement',
            fields=[
                ('id', models.UUIDField(default=casework.lib.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('about_deadlines', models.BooleanField(default=True, verbose_name='about deadlines')),
                ('about_appointments', models.BooleanField(default=True, verbose_name='about appointments')),
                ('leads', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), default=casework.reminders.models._client_leads, size=None, verbose_name='days before')),
                ('says_when', models.BooleanField(default=False, verbose_name='says day and hour of an appointment')),
                ('with_code_word', models.BooleanField(default=False, verbose_name='begins with the code word')),
                ('passed_on', models.BooleanField(default=False, verbose_name='somebody passes it on')),
                ('agreed_on', models.DateField(verbose_name='agreed on')),
                ('agreed_how', models.CharField(choices=[('said', 'said to the caseworker'), ('signed', 'signed on paper')], default='said', max_length=8, verbose_name='how')),
                ('recorded_at', models.DateTimeField()),
                ('stopped_at', models.DateTimeField(null=True, verbose_name='stopped')),
                ('stopped_why', models.CharField(blank=True, choices=[('asked', 'they asked us to stop'), ('answered', 'they answered STOP'), ('wrong_number', "the number is somebody else's")], default='', max_length=12)),
                ('version', models.PositiveIntegerField(default=1)),
                ('client', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='message_agreement', to='clients.client')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.contact', verbose_name='by which way')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'agreement to messages',
                'verbose_name_plural': 'agreements to messages',
                'constraints': [models.CheckConstraint(condition=models.Q(('about_deadlines', True), ('about_appointments', True), _connector='OR'), name='agreement_is_about_something'), models.CheckConstraint(condition=models.Q(('leads__len__gt', 0), ('leads__contained_by', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30])), name='agreement_names_its_days'), models.CheckConstraint(condition=models.Q(('passed_on', False), ('with_code_word', True), _connector='OR'), name='agreement_passed_on_by_the_code_word'), models.CheckConstraint(condition=models.Q(models.Q(('stopped_at__isnull', True), ('stopped_why', '')), models.Q(('stopped_at__isnull', False), ('stopped_why__in', ['asked', 'answered', 'wrong_number'])), _connector='OR'), name='agreement_stopped_says_why')],
            },
        ),
    ]
