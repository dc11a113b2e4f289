"""Argon2id with the smallest cost, so that tests which log in by the dozen do not spend their time hashing."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    time_cost = 1
    memory_cost = 64
    parallelism = 1
