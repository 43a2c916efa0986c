"""Whoever erases finds history by what its rows hung on, and by their data key, without reading all of it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_saved_filters_and_columns'),
        ('vault', '0003_keys_that_are_replaced'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='membershiphistory',
            index=models.Index(fields=['user'], name='membership_history_of_user'),
        ),
        migrations.AddIndex(
            model_name='userhistory',
            index=models.Index(fields=['data_key'], name='user_history_of_key'),
        ),
    ]
