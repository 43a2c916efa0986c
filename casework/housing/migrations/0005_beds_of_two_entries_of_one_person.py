"""Of two beds that two entries of one person had on the same days, what is over is marked when they are made one."""

import django.contrib.postgres.constraints
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0021_period_of_hosts'),
        ('housing', '0004_turn_aways_are_corrected_by_version'),
        ('vault', '0003_keys_that_are_replaced'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='placement',
            name='change_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='placement',
            name='removal_delete',
        ),
        migrations.RemoveConstraint(
            model_name='placement',
            name='placement_in_one_bed_at_a_time',
        ),
        migrations.AddField(
            model_name='placement',
            name='was_double',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name='placementhistory',
            name='was_double',
            field=models.BooleanField(default=False, editable=False),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='placement',
            trigger=pgtrigger.compiler.Trigger(name='change_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM NEW."id" OR OLD."data_key_id" IS DISTINCT FROM NEW."data_key_id" OR OLD."bed_id" IS DISTINCT FROM NEW."bed_id" OR OLD."client_id" IS DISTINCT FROM NEW."client_id" OR OLD."since" IS DISTINCT FROM NEW."since" OR OLD."until" IS DISTINCT FROM NEW."until" OR OLD."planned_until" IS DISTINCT FROM NEW."planned_until" OR OLD."state" IS DISTINCT FROM NEW."state" OR OLD."held_until" IS DISTINCT FROM NEW."held_until" OR OLD."act" IS DISTINCT FROM NEW."act" OR OLD."address_id" IS DISTINCT FROM NEW."address_id" OR OLD."moved_from_id" IS DISTINCT FROM NEW."moved_from_id" OR OLD."exception" IS DISTINCT FROM NEW."exception" OR OLD."was_double" IS DISTINCT FROM NEW."was_double" OR OLD."ending" IS DISTINCT FROM NEW."ending" OR OLD."made_at" IS DISTINCT FROM NEW."made_at" OR OLD."made_by_id" IS DISTINCT FROM NEW."made_by_id" OR OLD."booked_at" IS DISTINCT FROM NEW."booked_at" OR OLD."booked_by_id" IS DISTINCT FROM NEW."booked_by_id" OR OLD."checked_in_at" IS DISTINCT FROM NEW."checked_in_at" OR OLD."checked_in_by_id" IS DISTINCT FROM NEW."checked_in_by_id" OR OLD."ended_at" IS DISTINCT FROM NEW."ended_at" OR OLD."ended_by_id" IS DISTINCT FROM NEW."ended_by_id")', func='INSERT INTO "housing_placementhistory" ("act", "address_id", "bed_id", "booked_at", "booked_by_id", "checked_in_at", "checked_in_by_id", "client_id", "data_key_id", "ended_at", "ended_by_id", "ending", "exception", "held_until", "id", "made_at", "made_by_id", "moved_from_id", "pgh_context", "pgh_created_at", "pgh_label", "planned_until", "since", "state", "until", "was_double") VALUES (OLD."act", OLD."address_id", OLD."bed_id", OLD."booked_at", OLD."booked_by_id", OLD."checked_in_at", OLD."checked_in_by_id", OLD."client_id", OLD."data_key_id", OLD."ended_at", OLD."ended_by_id", OLD."ending", OLD."exception", OLD."held_until", OLD."id", OLD."made_at", OLD."made_by_id", OLD."moved_from_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'change\', OLD."planned_until", OLD."since", OLD."state", OLD."until", OLD."was_double"); RETURN NULL;', hash='4a6cab64a36e20f680ad00d81d8c3f1ecd64e59a', operation='UPDATE', pgid='pgtrigger_change_update_ace0a', table='housing_placement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='placement',
            trigger=pgtrigger.compiler.Trigger(name='removal_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "housing_placementhistory" ("act", "address_id", "bed_id", "booked_at", "booked_by_id", "checked_in_at", "checked_in_by_id", "client_id", "data_key_id", "ended_at", "ended_by_id", "ending", "exception", "held_until", "id", "made_at", "made_by_id", "moved_from_id", "pgh_context", "pgh_created_at", "pgh_label", "planned_until", "since", "state", "until", "was_double") VALUES (OLD."act", OLD."address_id", OLD."bed_id", OLD."booked_at", OLD."booked_by_id", OLD."checked_in_at", OLD."checked_in_by_id", OLD."client_id", OLD."data_key_id", OLD."ended_at", OLD."ended_by_id", OLD."ending", OLD."exception", OLD."held_until", OLD."id", OLD."made_at", OLD."made_by_id", OLD."moved_from_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'removal\', OLD."planned_until", OLD."since", OLD."state", OLD."until", OLD."was_double"); RETURN NULL;', hash='2307c6a060ceddccc7ff8478723349c92ece446b', operation='DELETE', pgid='pgtrigger_removal_delete_0329e', table='housing_placement', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('state__in', ('booked', 'checked_in', 'checked_out')), ('was_double', False)), expressions=[('client', '='), (models.Func(models.F('since'), models.F('until'), models.Value('[)'), function='daterange'), '&&')], name='placement_in_one_bed_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.CheckConstraint(condition=models.Q(('was_double', False), ('state', 'checked_out'), _connector='OR'), name='placement_double_is_over'),
        ),
    ]
