"""People of the shop: who they are, what they may do, their till code and their password."""

from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Case, QuerySet, Value, When
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from comptoir.apps.access.models import User
from comptoir.apps.access.models.user import ROLES
from comptoir.apps.access.queries import rights_of, sessions_of, user_by_id, users
from comptoir.apps.access.rights import RIGHTS, SIGNED_IN
from comptoir.apps.access.services.authenticate import lift_wait
from comptoir.apps.access.services.confirm_password import confirm_password
from comptoir.apps.access.services.manage_users import change_user, create_user, deactivate_user, reactivate_user
from comptoir.apps.access.services.open_session import close_sessions_of
from comptoir.apps.access.services.set_password import set_password
from comptoir.apps.access.services.set_pin import set_pin

from ..kit.action import Action
from ..kit.columns import LinkColumn, OfficeColumn, WordColumn
from ..kit.formpage import FormPage, OfficeForm
from ..kit.listing import ListPage, OfficeFilters, OfficeTable

ROLE_WORDS = {code: (word, "") for code, word in ROLES}
YES_NO = {True: (_("oui"), "ok"), False: (_("non"), "")}


class UserTable(OfficeTable):
    name = LinkColumn(_("Nom"), route="user_form")
    login = OfficeColumn(_("Identifiant"))
    role = WordColumn(_("Rôle"), words=ROLE_WORDS, card="amount")
    with_pin = WordColumn(_("Code caisse"), words=YES_NO, card="hidden")
    with_password = WordColumn(_("Accès gestion"), words=YES_NO, card="hidden")
    active = WordColumn(_("Statut"), words={True: (_("Actif"), ""), False: (_("Parti"), "warn")})

    class Meta(OfficeTable.Meta):
        model = User
        fields = ("name", "login", "role", "with_pin", "with_password", "active")


class UserFilters(OfficeFilters):
    role = django_filters.ChoiceFilter(label=_("Rôle"), empty_label=_("Tous"), choices=ROLES)
    statut = django_filters.ChoiceFilter(
        field_name="active",
        label=_("Statut"),
        empty_label=_("Tous"),
        choices=[("True", _("Actifs")), ("False", _("Partis"))],
    )

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(name__icontains=value) | queryset.filter(login__icontains=value)


class UserList(ListPage):
    required_right = "users.view"
    room = "people"
    title = _("Utilisateurs")
    table_class = UserTable
    filterset_class = UserFilters

    def get_queryset(self) -> QuerySet[User]:
        return users().annotate(
            with_pin=Case(When(pin_hash=None, then=Value(False)), default=Value(True)),
            with_password=Case(When(password="", then=Value(False)), default=Value(True)),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tabs = [(_("Personnes"), reverse("user_list"), True), (_("Droits des rôles"), reverse("role_rights"), False)]
        new = [(_("Nouvel utilisateur"), "plus", reverse("user_new"))] if self.may("users.manage") else []
        return super().get_context_data(page_actions=new, tabs=tabs, **kwargs)


def _secret(label: str, *, pin: bool = False, required: bool = False, hint: str = "") -> forms.CharField:
    attrs = {"autocomplete": "new-password"} | ({"inputmode": "numeric", "maxlength": 6} if pin else {})
    return forms.CharField(
        label=label,
        required=required,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs=attrs),
        help_text=hint,
    )


class NewUserForm(OfficeForm):
    name = forms.CharField(label=_("Prénom et nom"), max_length=80)
    login = forms.CharField(label=_("Identifiant"), max_length=60, help_text=_("En minuscules, sans accent."))
    role = forms.ChoiceField(label=_("Rôle"), choices=ROLES, initial="cashier")
    pin = _secret(_("Code de caisse"), pin=True, hint=_("4 à 6 chiffres. Vide : pas de caisse."))
    password = _secret(
        _("Mot de passe de la gestion"), hint=_("12 caractères au moins. Vide : pas d’accès à la gestion.")
    )
    sections = (("", ("name", "login", "role")), (_("Accès"), ("pin", "password")))


class UserNew(FormPage):
    required_right = "users.manage"
    room, back = "people", "user_list"
    title = _("Nouvel utilisateur")
    form_class = NewUserForm
    saved_text = _("Utilisateur créé.")

    def save(self, data: dict[str, Any]) -> str:
        user = create_user(
            data["login"],
            name=data["name"],
            role=data["role"],
            by=self.request.user,
            password=data["password"] or None,
            pin=data["pin"] or None,
        )
        return reverse("user_form", args=[user.pk])


class UserForm(OfficeForm):
    name = forms.CharField(label=_("Prénom et nom"), max_length=80)
    role = forms.ChoiceField(label=_("Rôle"), choices=ROLES)


class UserPage(FormPage):
    required_right, edit_right = "users.view", "users.manage"
    room, back = "people", "user_list"
    template_name = "office/user.html"
    form_class, guarded = UserForm, True
    saved_text = _("Utilisateur enregistré.")

    @cached_property
    def person(self) -> User:
        return _person(self.kwargs["pk"])

    def get_title(self) -> str:
        return self.person.name

    def initial(self) -> dict[str, Any]:
        return {"name": self.person.name, "role": self.person.role}

    def save(self, data: dict[str, Any]) -> str:
        change_user(self.person, by=self.request.user, name=data["name"], role=data["role"])
        return reverse("user_form", args=[self.person.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = rights_of(self.person.role)
        rights = [(right.label, right.code in held) for right in RIGHTS.values()]
        opened = sessions_of(self.person, now=timezone.now()).count()
        return super().get_context_data(person=self.person, held=rights, opened=opened, **kwargs)


def _person(pk: UUID) -> User:
    found = user_by_id(pk)
    if found is None:
        raise Http404
    return found


class _PersonAction(Action):
    required_right = "users.manage"

    def address(self, pk: UUID, **kwargs: Any) -> str:
        return reverse("user_form", args=[pk])


class UserPin(_PersonAction):
    def act(self, request: HttpRequest, pk: UUID, **kwargs: Any) -> tuple[str, str]:
        pin = request.POST.get("pin", "")
        set_pin(_person(pk), pin=pin or None, by=request.user)
        return self.address(pk), _("Le code de caisse est changé.") if pin else _("Le code de caisse est retiré.")


class UserPassword(_PersonAction):
    def act(self, request: HttpRequest, pk: UUID, **kwargs: Any) -> tuple[str, str]:
        if pk == request.user.pk:  # an unlocked screen is not enough: one's own is asked for first
            return reverse("my_password"), _("Pour changer votre mot de passe, tapez d’abord celui que vous avez.")
        set_password(_person(pk), password=request.POST.get("password", ""), by=request.user)
        return self.address(pk), _("Le mot de passe est changé. Ses sessions sont fermées.")


class UserActive(_PersonAction):
    def act(self, request: HttpRequest, pk: UUID, **kwargs: Any) -> tuple[str, str]:
        if request.POST.get("active") == "1":
            reactivate_user(_person(pk), by=request.user)
            return self.address(pk), _("La personne est de retour. Donnez-lui un code de caisse.")
        deactivate_user(_person(pk), by=request.user)
        return self.address(pk), _("La personne ne peut plus se connecter ni encaisser.")


class UserSessions(_PersonAction):
    """Every open session of a person is closed: a tablet that was lost, somebody who left without logging out."""

    def act(self, request: HttpRequest, pk: UUID, **kwargs: Any) -> tuple[str, str]:
        count = close_sessions_of(_person(pk), by=request.user)
        return self.address(pk), ngettext("%d connexion fermée.", "%d connexions fermées.", count) % count


class UserUnlock(_PersonAction):
    def act(self, request: HttpRequest, pk: UUID, **kwargs: Any) -> tuple[str, str]:
        lift_wait(_person(pk).login)
        return self.address(pk), _("La personne peut réessayer tout de suite.")


class PasswordForm(OfficeForm):
    current = forms.CharField(
        label=_("Mot de passe actuel"), max_length=256, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    password = _secret(
        _("Nouveau mot de passe"), required=True, hint=_("12 caractères au moins ; une phrase convient très bien.")
    )
    again = _secret(_("Encore une fois"), required=True)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("Les deux ne sont pas identiques."))
        return data


class MyPassword(FormPage):
    required_right = SIGNED_IN
    title = _("Mon mot de passe")
    form_class = PasswordForm

    def may_edit(self) -> bool:
        return True

    def save(self, data: dict[str, Any]) -> str:
        confirm_password(self.request.user, password=data["current"], now=timezone.now())
        set_password(self.request.user, password=data["password"], by=self.request.user)
        return reverse("login")
