"""Third-party models tracked by proxy: the event models and the triggers' migrations belong to this app."""

from django.contrib.auth.models import Group, User

import pghistory


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["password", "last_login"],
)
class UserProxy(User):
    """An account, without what must not be kept (the password) and what nobody edits (the last log-in)."""

    class Meta:
        proxy = True
        verbose_name = "user"
        verbose_name_plural = "users"


@pghistory.track()
class GroupProxy(Group):
    """A group, with the default trackers: insert and update."""

    class Meta:
        proxy = True
        verbose_name = "group"
        verbose_name_plural = "groups"


@pghistory.track(
    pghistory.AfterInsert("group.add"),
    pghistory.BeforeDelete("group.remove"),
    # Django allows no foreign key to an auto-made through model.
    obj_field=None,
)
class UserGroups(User.groups.through):  # type: ignore[name-defined,misc]  # the base is made at run time
    """The membership of a user in a group."""

    class Meta:
        proxy = True
        verbose_name = "user group"
        verbose_name_plural = "user groups"

    def __str__(self) -> str:
        return f"{self.user} in {self.group}"
