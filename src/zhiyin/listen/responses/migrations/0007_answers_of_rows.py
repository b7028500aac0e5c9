from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('responses', '0006_quotas'),
    ]

    operations = [
        migrations.AlterField(
            model_name='answer',
            name='item',
            field=models.CharField(max_length=125, verbose_name='item'),
        ),
    ]
