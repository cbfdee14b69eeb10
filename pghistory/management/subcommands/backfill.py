"""`manage.py pghistory backfill`: first events for rows that are older than their tracking."""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import apps
from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError, models

from pghistory import backfill, errors, jobs, keys
from pghistory.management.progress import Bar
from pghistory.management.subcommands import BaseSubcommand


class Subcommand(BaseSubcommand):
    """Shows what it would write, or writes it, itself or as a job that others can share."""

    help: ClassVar[str] = (
        "Gives rows that have no event a first one, range by range, so that it can be interrupted and run again: "
        "nothing is written twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("models", nargs="*", metavar="app.Model")
        parser.add_argument("--all", action="store_true", help="Every tracked model that has a label for inserts.")
        parser.add_argument("--label", help="The label of the events; that of inserts unless it is given.")
        parser.add_argument("--filter", default="", help="Only rows that match, as in: status=published&stock__gt=3")
        parser.add_argument(
            "--lacking",
            choices=["event", "label"],
            help="Rows without any event, or without one of this label: the default of labels recorded by hand.",
        )
        parser.add_argument("--time", help="The date field of the row that becomes the time of the event, else now.")
        parser.add_argument("--reason", help="Why, kept in the context of the events.")
        parser.add_argument("--batch", type=int, help="Rows in one transaction.")
        parser.add_argument("--throttle", type=int, help="At most so many events a second.")
        parser.add_argument("--database", help="The database; what the routers say unless it is given.")
        parser.add_argument("--dry-run", action="store_true", help="Write, show and roll back.")
        parser.add_argument("--job", action="store_true", help="As a job that can be watched, shared and resumed.")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["models"]) == options["all"]:
            raise CommandError("Name the models, as in shop.Product, or say --all.")
        try:
            chosen = [apps.get_model(label) for label in options["models"]] or list(backfill.backfillable())
            plans = [backfill.plan(model, **_planned(options)) for model in chosen]
            if options["dry_run"]:
                for plan in plans:
                    self._preview(plan)
            elif options["job"]:
                for plan in plans:
                    self._job(plan, options)
            else:
                self._run(chosen, options)
        except (errors.PghistoryError, LookupError, ValueError, DatabaseError) as error:
            raise CommandError(f"{error} What was written before stays; run the command again to go on.") from error

    def _preview(self, plan: backfill.Plan) -> None:
        found, name = plan.preview(), plan.model._meta.label
        write = self.command.stdout.write
        write(f"{name}: {found.matching:,} rows, of which {found.writing:,} would get an event “{plan.label}”.")
        for event in found.sample:
            values = (f"{field}={getattr(event, field)!r}" for field in _shown(event))
            write(f"  {event.pgh_created_at:%Y-%m-%d %H:%M}  {', '.join(values)}")

    def _run(self, chosen: list[type[models.Model]], options: dict[str, Any]) -> None:
        results = backfill.run(
            *chosen,
            reason=options["reason"],
            batch=options["batch"] or backfill.BATCH,
            throttle=options["throttle"],
            progress=Bar(self.command.stderr).show if options["verbosity"] else None,
            **_planned(options),
        )
        for result in results:
            self.command.stdout.write(
                f"{result.model._meta.label}: {result.written:,} events “{result.label}” written."
            )

    def _job(self, plan: backfill.Plan, options: dict[str, Any]) -> None:
        names = ("filter", "lacking", "time", "batch", "throttle")
        arguments = {"model": plan.model._meta.label, "label": plan.label, **{name: options[name] for name in names}}
        job = jobs.order("backfill", arguments, target=plan.target, reason=options["reason"], using=plan.using)
        self.command.stdout.write(f"Job {job.pk}. Others can share it: manage.py pghistory job work {job.pk}")
        bar = Bar(self.command.stderr)
        job = jobs.work(job.pk, using=plan.using, on_range=lambda: bar.show(*jobs.looked(job.pk, plan.using)))
        if job.state != job.State.DONE:
            raise CommandError(f"The job has {job.state}: {job.error or 'it was ended elsewhere.'}")
        self.command.stdout.write(f"{plan.model._meta.label}: {jobs.progress(job).written:,} events written.")


def _planned(options: dict[str, Any]) -> backfill.Options:
    return {
        "label": options["label"],
        "where": keys.lookups(options["filter"]),
        "lacking": options["lacking"],
        "time": options["time"],
        "using": options["database"],
    }


def _shown(event: Any) -> list[str]:
    return ["pgh_obj_id", *list(event.pgh_tracked_fields)[:5]]
