from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='LakeState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(blank=True, max_length=40)),
                ('intended', models.CharField(blank=True, max_length=40)),
                ('rebuild_requested_at', models.DateTimeField(null=True, verbose_name='rebuild asked for')),
                ('failed_at', models.DateTimeField(null=True, verbose_name='failed')),
                ('failure', models.CharField(blank=True, max_length=500, verbose_name='failure')),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'state of the lake',
                'verbose_name_plural': 'states of the lake',
                'constraints': [models.UniqueConstraint(fields=('organisation',), name='lake_state_once')],
            },
        ),
    ]
