"""Sign-in by OpenID Connect: what is said to an identity provider, and what is believed of its answers.

Nothing here knows of organisations: `tenants` says who the provider speaks for, and decides whom to let in.
"""
