"""Whoever erases finds history by what its rows hung on, and by their data key, without reading all of it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0021_period_of_hosts'),
        ('vault', '0003_keys_that_are_replaced'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='addresshistory',
            index=models.Index(fields=['data_key'], name='address_history_of_key'),
        ),
        migrations.AddIndex(
            model_name='addresshistory',
            index=models.Index(fields=['client'], name='address_history_of_client'),
        ),
        migrations.AddIndex(
            model_name='casehistory',
            index=models.Index(fields=['data_key'], name='case_history_of_key'),
        ),
        migrations.AddIndex(
            model_name='casehistory',
            index=models.Index(fields=['joined_into'], name='case_history_of_joined_into'),
        ),
        migrations.AddIndex(
            model_name='clienthistory',
            index=models.Index(fields=['data_key'], name='client_history_of_key'),
        ),
        migrations.AddIndex(
            model_name='clienthistory',
            index=models.Index(fields=['case'], name='client_history_of_case'),
        ),
        migrations.AddIndex(
            model_name='consenthistory',
            index=models.Index(fields=['data_key'], name='consent_history_of_key'),
        ),
        migrations.AddIndex(
            model_name='consenthistory',
            index=models.Index(fields=['client'], name='consent_history_of_client'),
        ),
        migrations.AddIndex(
            model_name='contacthistory',
            index=models.Index(fields=['data_key'], name='contact_history_of_key'),
        ),
        migrations.AddIndex(
            model_name='contacthistory',
            index=models.Index(fields=['client'], name='contact_history_of_client'),
        ),
        migrations.AddIndex(
            model_name='legalholdhistory',
            index=models.Index(fields=['data_key'], name='legalhold_history_of_key'),
        ),
        migrations.AddIndex(
            model_name='legalholdhistory',
            index=models.Index(fields=['case'], name='legalhold_history_of_case'),
        ),
        migrations.AddIndex(
            model_name='notehistory',
            index=models.Index(fields=['data_key'], name='note_history_of_key'),
        ),
        migrations.AddIndex(
            model_name='notehistory',
            index=models.Index(fields=['case'], name='note_history_of_case'),
        ),
    ]
