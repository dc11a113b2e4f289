"""Print jobs and the states they go through. Append-only: where a job stands is its last state."""

from django.db import models
from django.db.models import Q

STATES = ("queued", "sending", "printed", "sent_unconfirmed", "uncertain", "blocked", "failed", "cancelled", "expired")
FINAL = ("printed", "sent_unconfirmed", "uncertain", "failed", "cancelled", "expired")


class PrintJob(models.Model):
    """A paper or a drawer pulse. `id` is the caller's, so that the same request twice is one job."""

    id = models.UUIDField(primary_key=True)
    register = models.TextField()
    kind = models.TextField()
    receipt = models.JSONField(null=True)  # receipt/1
    drawer = models.BooleanField()
    copies = models.PositiveSmallIntegerField()
    digest = models.TextField()  # of what is printed: another content under the same id is refused
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["register", "at"], name="printing_job_register")]
        constraints = [
            models.CheckConstraint(condition=Q(copies__gte=1) & Q(copies__lte=5), name="printing_job_copies"),
            models.CheckConstraint(
                condition=Q(receipt__isnull=False) | Q(drawer=True), name="printing_job_asks_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class PrintState(models.Model):
    """A step of a job's life. `pulse` says that the drawer is still to be opened."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(PrintJob, on_delete=models.PROTECT, related_name="states")
    state = models.TextField()
    message = models.TextField(default="")
    pulse = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=STATES), name="printing_state_known")]

    def __str__(self) -> str:
        return f"{self.job_id} {self.state}"
