"""Let a reminder go to a person whom we support, by more channels than e-mail, and be marked as read."""

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0016_drafts_of_scoring_without_trial'),
        ('reminders', '0002_notices_about_no_case'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='reminder',
            name='reminder_identity',
        ),
        migrations.AddField(
            model_name='reminder',
            name='client',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='clients.client'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='read_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='reminder',
            name='channel',
            field=models.CharField(choices=[('email', 'e-mail'), ('sms', 'SMS'), ('telegram', 'Telegram'), ('whatsapp', 'WhatsApp'), ('signal', 'Signal'), ('webhook', 'server of the organisation'), ('inbox', 'inbox'), ('letter', 'letter')], max_length=10, verbose_name='channel'),
        ),
        migrations.AlterField(
            model_name='reminder',
            name='recipient',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reminder',
            name='to',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('recipient', 'client'), output_field=models.UUIDField()),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(condition=models.Q(('state', 'sent')), fields=['recipient', '-settled_at', '-id'], name='reminder_of_inbox'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('subject', 'due_on', 'lead_days', 'to', 'channel'), name='reminder_identity'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('client__isnull', True), ('recipient__isnull', False)), models.Q(('case__isnull', False), ('client__isnull', False), ('recipient__isnull', True)), _connector='OR'), name='reminder_to_staff_or_to_a_client'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(('read_at__isnull', True), models.Q(('recipient__isnull', False), ('state', 'sent')), _connector='OR'), name='reminder_read_by_staff_once_sent'),
        ),
    ]
