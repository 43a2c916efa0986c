"""Whoever erases finds history by what its rows hung on, and by their data key, without reading all of it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0004_row_history'),
        ('vault', '0003_keys_that_are_replaced'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='documenthistory',
            index=models.Index(fields=['data_key'], name='document_history_of_key'),
        ),
        migrations.AddIndex(
            model_name='documenthistory',
            index=models.Index(fields=['client'], name='document_history_of_client'),
        ),
    ]
