from django.db import migrations, models

import pghistory.operations


class Migration(migrations.Migration):
    dependencies = [("pghistory", "0001_squashed_0007_auto_20250421_0444")]

    operations = [
        migrations.AddField(
            model_name="context",
            name="actor_label",
            field=models.TextField(editable=False, null=True),
        ),
        pghistory.operations.InstallFunction(name="_pgh_attach_context", version=2),
        pghistory.operations.InstallActorIndex(),
    ]
