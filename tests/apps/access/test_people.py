"""People arrive, take a password and a PIN, change role and leave."""

import base64
import hashlib
import threading

import pytest
from django.contrib.auth.hashers import identify_hasher, make_password
from django.db import IntegrityError, connections, transaction

from comptoir.apps.access.models import User
from comptoir.apps.access.queries import cashiers, has_owner
from comptoir.apps.access.refusals import PasswordRefused, PinRefused, RightMissing, UserRefused
from comptoir.apps.access.services.manage_rights import set_role_limit, set_role_right
from comptoir.apps.access.services.manage_users import (
    change_user,
    create_owner,
    create_user,
    deactivate_user,
    initials_of,
    reactivate_user,
)
from comptoir.apps.access.services.set_password import check_password_strength, set_password
from comptoir.apps.access.services.set_pin import check_pin, set_pin, verify_pin
from comptoir.apps.fiscal.models import Event
from comptoir.dossiers.binding import Dossier, bound
from tests.apps.access.people import PASSWORD, one_of_each


def test_the_first_person_is_the_owner_and_there_is_one_first(dossier: Dossier) -> None:
    assert not has_owner()
    owner = create_owner("  Claire ", name=" Claire   Martin ", password=PASSWORD)
    assert (owner.login, owner.name, owner.initials, owner.role, owner.active) == (
        "claire", "Claire Martin", "CM", "owner", True,
    )  # fmt: skip
    with pytest.raises(UserRefused, match="Ce dossier a déjà un propriétaire"):
        create_owner("paul", name="Paul", password=PASSWORD)
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "password",
    [
        "court",
        "onze_carac!",
        "motdepasse12" * 22,
        "aaaaaaaaaaaaaa",
        "123456789012",
        "claire-est-la",
        "qwertyuiopas"[:11],
    ],
)
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(PasswordRefused):
        check_password_strength(password, login="claire")


def test_a_common_password_of_twelve_is_refused() -> None:
    with pytest.raises(PasswordRefused, match="trop facile à deviner"):
        check_password_strength("1q2w3e4r5t6y", login="claire")


def test_a_short_login_may_stand_in_a_phrase_and_a_long_one_may_not() -> None:
    check_password_strength("le joli jardin de mamie", login="jo")
    with pytest.raises(PasswordRefused, match="trop facile"):
        check_password_strength("le jardin de claire", login="claire")


def test_nothing_is_written_when_a_part_is_refused(dossier: Dossier) -> None:
    people = one_of_each()
    before = User.objects.count()
    for fields, refusal in (
        ({"login": "léa"}, UserRefused), ({"login": "claire"}, UserRefused), ({"password": "court"}, PasswordRefused),
        ({"pin": "12"}, PinRefused), ({"pin": "1234"}, PinRefused), ({"role": "patron"}, UserRefused),
        ({"name": "  "}, UserRefused),
    ):  # fmt: skip
        given = {"login": "lea", "name": "Léa", "role": "cashier", "by": people["owner"]} | fields
        with pytest.raises(refusal):
            create_user(given.pop("login"), **given)
    assert User.objects.count() == before


def test_a_manager_makes_cashiers_and_no_owner_nor_auditor(sqlite_dossier: Dossier) -> None:
    people = one_of_each()
    assert create_user("lea", name="Léa", role="cashier", by=people["manager"], pin="2580").role == "cashier"
    for role in ("owner", "auditor"):
        with pytest.raises(RightMissing):
            create_user("x1", name="X", role=role, by=people["manager"])
    for target in ("owner", "auditor"):
        with pytest.raises(RightMissing):
            deactivate_user(people[target], by=people["manager"])
        with pytest.raises(RightMissing):
            change_user(people[target], role="cashier", by=people["manager"])
        with pytest.raises(RightMissing):
            set_password(people[target], password="une autre phrase", by=people["manager"])
        with pytest.raises(RightMissing):
            set_pin(people[target], pin="9517", by=people["manager"])
    with pytest.raises(RightMissing):
        change_user(people["cashier"], role="owner", by=people["manager"])
    for by in ("cashier", "auditor"):
        with pytest.raises(RightMissing):
            create_user("x2", name="X", role="cashier", by=people[by])
    assert User.objects.filter(login__in=["x1", "x2"]).count() == 0


def test_the_last_owner_stays(sqlite_dossier: Dossier) -> None:
    people = one_of_each()
    with pytest.raises(UserRefused):
        deactivate_user(people["owner"], by=people["owner"])
    with pytest.raises(UserRefused):
        change_user(people["owner"], role="manager", by=people["owner"])
    second = create_user("paul", name="Paul", role="owner", by=people["owner"], password=PASSWORD)
    deactivate_user(people["owner"], by=second)
    assert list(User.objects.filter(role="owner", active=True)) == [second]


def test_two_owners_who_remove_each_other_at_once_leave_one(dossier_copy: Dossier, django_db_blocker) -> None:
    people = one_of_each()
    second = create_user("paul", name="Paul", role="owner", by=people["owner"], password=PASSWORD)
    start, outcomes = threading.Barrier(2), []

    def remove(whom: User, by: User) -> None:
        with django_db_blocker.unblock(), bound(dossier_copy):
            whom, by = User.objects.get(pk=whom.pk), User.objects.get(pk=by.pk)
            try:
                start.wait()
                deactivate_user(whom, by=by)
                outcomes.append("gone")
            except UserRefused:
                outcomes.append("refused")
            finally:
                connections["default"].close()

    pairs = ((people["owner"], second), (second, people["owner"]))
    threads = [threading.Thread(target=remove, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["gone", "refused"]
    assert User.objects.filter(role="owner", active=True).count() == 1


def test_a_pin_is_what_the_till_can_check_alone(dossier: Dossier) -> None:
    people = one_of_each()
    set_pin(people["cashier"], pin="2580", by=people["cashier"])
    carried = next(row for row in cashiers() if row["id"] == str(people["cashier"].id))["pin"]
    derived = hashlib.pbkdf2_hmac("sha256", b"2580", base64.b64decode(carried["salt"]), carried["iterations"])
    assert (base64.b64encode(derived).decode(), carried["iterations"]) == (carried["hash"], 120_000)
    assert len(base64.b64decode(carried["salt"])) == 16
    person = User.objects.get(pk=people["cashier"].pk)
    assert verify_pin(person, pin="2580") is True
    assert verify_pin(person, pin="2581") is False
    assert "2580" not in "".join(str(value) for value in User.objects.filter(pk=person.pk).values_list()[0])


def test_two_people_never_share_a_pin(sqlite_dossier: Dossier) -> None:
    people = one_of_each()
    set_pin(people["cashier"], pin="2580", by=people["owner"])
    with pytest.raises(PinRefused, match="déjà pris"):
        set_pin(people["manager"], pin="2580", by=people["owner"])
    assert User.objects.get(pk=people["manager"].pk).pin_hash is None
    set_pin(people["cashier"], pin="2580", by=people["owner"])  # one's own is no clash
    deactivate_user(people["cashier"], by=people["owner"])
    with pytest.raises(PinRefused, match="Réactivez-la"):  # or two people would share it once this one is back
        set_pin(User.objects.get(pk=people["cashier"].pk), pin="7410", by=people["owner"])
    set_pin(people["manager"], pin="2580", by=people["owner"])
    reactivate_user(people["cashier"], by=people["owner"])
    assert User.objects.get(pk=people["cashier"].pk).pin_hash is None


@pytest.mark.parametrize("pin", ["", "123", "1234567", "12a4", "0000", "4444", "3456", "98765", "２５８０"])
def test_a_bad_pin_is_refused(pin: str) -> None:
    with pytest.raises(PinRefused):
        check_pin(pin)


def test_half_a_pin_cannot_be_stored(dossier: Dossier) -> None:
    owner = one_of_each()["owner"]
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=owner.pk).update(pin_hash="x")


def test_passwords_are_argon2id_at_their_full_cost(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    encoded = make_password(PASSWORD)
    assert encoded.startswith("argon2$argon2id$v=19$m=102400,t=2,p=8$")
    assert identify_hasher(encoded).algorithm == "argon2"


@pytest.mark.parametrize(
    ("name", "initials"), [("Léa Dupont-Martin", "LD"), ("Éric", "E"), ("李", "?"), ("o'Neil jo", "ON")]
)
def test_initials(name: str, initials: str) -> None:
    assert initials_of(name) == initials


def test_each_change_is_a_sealed_event(dossier: Dossier) -> None:
    people = one_of_each()
    before = Event.objects.count()
    lea = create_user("lea", name="Léa", role="cashier", by=people["manager"])
    change_user(lea, role="manager", by=people["owner"])
    deactivate_user(lea, by=people["owner"])
    reactivate_user(lea, by=people["owner"])
    set_role_right("cashier", right="till.open_drawer", granted=True, by=people["owner"])
    set_role_limit("cashier", limit="discount_max_e4", value=1_500, by=people["owner"])
    with pytest.raises(RightMissing):
        create_user("max", name="Max", role="cashier", by=people["auditor"])
    assert Event.objects.count() == before + 6
    assert set(Event.objects.values_list("code", flat=True)) == {130}
