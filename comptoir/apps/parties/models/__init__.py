from comptoir.apps.parties.models.customer import Customer

__all__ = ["Customer"]
