"""Whoever erases finds history by what its rows hung on, and by their data key, without reading all of it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('residency', '0012_row_history'),
        ('vault', '0003_keys_that_are_replaced'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='applicationhistory',
            index=models.Index(fields=['data_key'], name='application_history_of_key'),
        ),
        migrations.AddIndex(
            model_name='applicationhistory',
            index=models.Index(fields=['client'], name='application_history_of_client'),
        ),
        migrations.AddIndex(
            model_name='decisionhistory',
            index=models.Index(fields=['data_key'], name='decision_history_of_key'),
        ),
        migrations.AddIndex(
            model_name='decisionhistory',
            index=models.Index(fields=['deadline'], name='decision_history_of_deadline'),
        ),
        migrations.AddIndex(
            model_name='decisionhistory',
            index=models.Index(fields=['about'], name='decision_history_of_about'),
        ),
        migrations.AddIndex(
            model_name='permithistory',
            index=models.Index(fields=['data_key'], name='permit_history_of_key'),
        ),
        migrations.AddIndex(
            model_name='permithistory',
            index=models.Index(fields=['client'], name='permit_history_of_client'),
        ),
        migrations.AddIndex(
            model_name='registrationhistory',
            index=models.Index(fields=['data_key'], name='registration_history_of_key'),
        ),
        migrations.AddIndex(
            model_name='registrationhistory',
            index=models.Index(fields=['client'], name='registration_history_of_client'),
        ),
        migrations.AddIndex(
            model_name='stayhistory',
            index=models.Index(fields=['data_key'], name='stay_history_of_key'),
        ),
        migrations.AddIndex(
            model_name='stayhistory',
            index=models.Index(fields=['client'], name='stay_history_of_client'),
        ),
    ]
