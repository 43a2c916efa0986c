from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0014_tokens_of_programs'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='savedfilter',
            name='saved_filter_of_a_known_list',
        ),
        migrations.AlterField(
            model_name='savedfilter',
            name='listing',
            field=models.CharField(choices=[('cases', 'Cases'), ('messages', 'Outgoing messages'), ('to_dos', 'To-dos'), ('calendar', 'Calendar of deadlines')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='savedfilter',
            constraint=models.CheckConstraint(condition=models.Q(('listing__in', ['cases', 'messages', 'to_dos', 'calendar'])), name='saved_filter_of_a_known_list'),
        ),
    ]
