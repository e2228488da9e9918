"""Nothing to alter: a measure was added, and `migrate` counts everything anew when something is pending."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tallies", "0001_initial")]
    operations = []
