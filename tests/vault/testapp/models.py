"""Sealed models of every shape that Django knows."""

from typing import Self

from django.db import models

from casework.vault.fields import EncryptedDateField, EncryptedJSONField, EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet


class PersonQuerySet(SealedQuerySet["Person"]):
    """An adjective, to see that managers have it."""

    def coded(self, code: str) -> Self:
        return self.filter(code=code)


class Person(Sealed):
    """Has an encrypted field of each type."""

    name = EncryptedTextField("name", max_length=40, blank=True, default="")
    alias = EncryptedTextField("alias", null=True, blank=True)
    born = EncryptedDateField("born", null=True, blank=True)
    marks = EncryptedJSONField("marks", null=True, blank=True)
    code = models.CharField(max_length=10, default="", blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        app_label = "testapp"

    def __str__(self) -> str:
        return self.code


class NamedPerson(Person):
    """The same table."""

    class Meta:
        app_label = "testapp"
        proxy = True


class Worker(Person):
    """A table of its own beside the first."""

    badge = EncryptedTextField("badge", default="")

    class Meta:
        app_label = "testapp"


class Letter(Sealed):
    """Refers to a person, and has a field of the same name and type as theirs."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="letters")
    name = EncryptedTextField("name")

    objects = SealedQuerySet.as_manager()

    class Meta:
        app_label = "testapp"

    def __str__(self) -> str:
        return str(self.pk)


TABLES: list[type[models.Model]] = [Person, Worker, Letter]
