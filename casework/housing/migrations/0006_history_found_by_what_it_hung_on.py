"""Whoever erases finds history by what its rows hung on, and by their data key, without reading all of it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('housing', '0005_beds_of_two_entries_of_one_person'),
        ('vault', '0003_keys_that_are_replaced'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='hostofferhistory',
            index=models.Index(fields=['data_key'], name='hostoffer_history_of_key'),
        ),
        migrations.AddIndex(
            model_name='housingrequesthistory',
            index=models.Index(fields=['data_key'], name='housingrequest_history_of_key'),
        ),
        migrations.AddIndex(
            model_name='housingrequesthistory',
            index=models.Index(fields=['case'], name='housingrequest_history_of_case'),
        ),
        migrations.AddIndex(
            model_name='leasehistory',
            index=models.Index(fields=['data_key'], name='lease_history_of_key'),
        ),
        migrations.AddIndex(
            model_name='placementhistory',
            index=models.Index(fields=['data_key'], name='placement_history_of_key'),
        ),
        migrations.AddIndex(
            model_name='placementhistory',
            index=models.Index(fields=['client'], name='placement_history_of_client'),
        ),
        migrations.AddIndex(
            model_name='sitehistory',
            index=models.Index(fields=['data_key'], name='site_history_of_key'),
        ),
    ]
