"""Signing in: Flask-Security, told how this product wants it."""

from datetime import timedelta
from typing import Any

from flask import Flask, redirect, render_template
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_security import RoleMixin, Security, login_user
from flask_security.recoverable import generate_reset_password_token
from flask_security.utils import check_and_update_authn_fresh

from tia_hub.accounts import passkeys, sessions, watch
from tia_hub.accounts.forms import (
    ChangeForm,
    CodeForm,
    ConfirmForm,
    ForgottenForm,
    NewPasswordForm,
    RecoveryForm,
    SignInForm,
)
from tia_hub.accounts.models import Person
from tia_hub.accounts.passwords import SHORTEST
from tia_hub.accounts.store import (
    RESET_WITHIN,
    Codes,
    Datastore,
    Mail,
    MailedTokens,
    Passwords,
    TurnByTurn,
    current_security,
    current_store,
)
from tia_hub.core.db import db
from tia_hub.core.keys import stored_key
from tia_hub.core.mail.services import link
from tia_hub.core.pages import page
from tia_hub.settings import Settings

ARGON2 = {"argon2__time_cost": 2, "argon2__memory_cost": 19456, "argon2__parallelism": 1}
"""What OWASP recommends: 19 MiB, two passes, one lane."""

WORDS = {
    "GENERIC_AUTHN_FAILED": ("The email address or the password is not right. Check both and try again.", "error"),
    "INVALID_PASSWORD": ("The password is not right", "error"),
    "PASSWORD_NOT_PROVIDED": ("Enter your present password", "error"),
    "PASSWORD_IS_THE_SAME": ("Choose a password that is not the present one", "error"),
    "PASSWORD_RESET_REQUEST": (
        "If there is an account with that address, we have sent it a link for choosing a new password. It works for one hour.",
        "info",
    ),
    "PASSWORD_RESET_EXPIRED": ("That link is too old. Ask for a new one.", "error"),
    "INVALID_RESET_PASSWORD_TOKEN": ("That link can’t be used. It may have been used before. Ask for a new one.", "error"),
    "PASSWORD_RESET_NO_LOGIN": ("Your password is saved. Sign in with it.", "success"),
    "PASSWORD_CHANGE": ("Your password was changed, and every other session of yours was ended.", "success"),
    "UNAUTHENTICATED": ("Sign in to go on.", "info"),
    "REAUTHENTICATION_REQUIRED": ("Enter your password once more before you change how you sign in.", "info"),
    "REAUTHENTICATION_SUCCESSFUL": ("Thank you. You can go on.", "success"),
    "TWO_FACTOR_INVALID_TOKEN": (
        "The code is not right, is too old, or was used before. Enter the one your app shows now",
        "error",
    ),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": ("You are signed in.", "success"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": ("Your authenticator app is set up.", "success"),
    "TWO_FACTOR_PERMISSION_DENIED": ("That took too long, or was not started here. Sign in again.", "error"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": ("Choose what to do with your second factor", "error"),
    "TWO_FACTOR_DISABLED": ("Your account no longer asks for a code.", "success"),
    "TWO_FACTOR_SETUP_EXPIRED": ("That took longer than %(within)s. Start again.", "error"),
    "INVALID_RECOVERY_CODE": ("That is not one of your recovery codes, or it was used before", "error"),
    "NO_RECOVERY_CODES_SETUP": ("You have no recovery codes yet", "info"),
}
"""What Flask-Security says, in this product's words."""


CONFIRMED_FOR = timedelta(minutes=15)
"""How long somebody who signed in may do what matters without being asked once more."""


class _NoRoles(RoleMixin):
    """Stands where Flask-Security wants a model of roles; what somebody may do depends on the place (`core.policy`)."""

    name = "none"


def enter(person: Person, *, then: str) -> ResponseReturnValue:
    """Sign somebody in who has just made an account, or send them to set up their second factor first.

    `then` is the address that follows. The person must have been loaded in this request's own session.
    """
    step: ResponseReturnValue | None = current_security().two_factor_plugins.tf_enter(person, False, "register", next_loc=then)
    if step is not None:
        return step
    login_user(person, authn_via=["register"])
    current_store().commit()
    return redirect(then, 303)


def confirmed_lately() -> bool:
    """Whether whoever is signed in has shown in the last 15 minutes that it is they: by signing in, or by confirming it."""
    return bool(check_and_update_authn_fresh(CONFIRMED_FOR, CONFIRMED_FOR, "session"))


def link_for_new_password(person: Person) -> str:
    """The full address by which somebody chooses a password; it works for one hour, and once."""
    token: str = generate_reset_password_token(person)  # type: ignore[no-untyped-call]
    return link("security.reset_password", token=token)


def _render(template: str, **context: Any) -> Any:
    """A mail as text; a page as all pages are, 422 where a form has faults."""
    if template.startswith("security/email/"):
        return render_template(template, **context)
    faulty = any(getattr(value, "errors", None) for name, value in context.items() if name.endswith("_form"))
    return page(template, status=422 if faulty else 200, **context)


def _configuration(settings: Settings) -> dict[str, Any]:
    return {
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "DEPRECATED_PASSWORD_SCHEMES": [],
        "PASSWORD_SALT": stored_key(settings, "password-salt"),
        "PASSWORD_LENGTH_MIN": SHORTEST,
        "PASSWORD_NORMALIZE_FORM": "NFKD",
        "PASSWORD_CONFIRM_REQUIRED": False,
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "RETURN_GENERIC_RESPONSES": True,
        "USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": _address, "case_insensitive": True}}],
        "STATIC_FOLDER": None,
        # Addresses
        "LOGIN_URL": "/sign-in",
        "LOGOUT_URL": "/sign-out",
        "LOGOUT_METHODS": ["POST"],
        "VERIFY_URL": "/sign-in/confirm",
        "RESET_URL": "/forgotten-password",
        "CHANGE_URL": "/account/password",
        "TWO_FACTOR_SETUP_URL": "/account/second-factor",
        "TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/second-factor",
        "TWO_FACTOR_RESCUE_URL": "/sign-in/second-factor/help",
        "TWO_FACTOR_SELECT_URL": "/sign-in/second-factor/which",
        "MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
        "MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery-code",
        "POST_LOGIN_VIEW": "/places",
        "POST_LOGOUT_VIEW": "/",
        "POST_CHANGE_VIEW": "/account",
        "POST_VERIFY_VIEW": "/account",
        "TWO_FACTOR_POST_SETUP_VIEW": "/account",
        # What there is
        "RECOVERABLE": True,
        "RESET_PASSWORD_WITHIN": RESET_WITHIN,
        "CHANGEABLE": True,
        # Owners are told by `events`.
        "SEND_PASSWORD_CHANGE_EMAIL": False,
        "SEND_PASSWORD_RESET_NOTICE_EMAIL": False,
        "DEFAULT_REMEMBER_ME": False,
        "TWO_FACTOR": True,
        "TWO_FACTOR_REQUIRED": settings.two_factor_required,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_IMPLEMENTATIONS": {
            "code": "flask_security.twofactor.CodeTfPlugin",
            "passkey": "tia_hub.accounts.passkeys.PasskeyStep",
        },
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "TWO_FACTOR_ALWAYS_VALIDATE": True,
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": [stored_key(settings, "recovery-codes").encode()],
        "TOTP_SECRETS": {"1": stored_key(settings, "totp")},
        "TOTP_ISSUER": "TIA Hub",
        "FRESHNESS": CONFIRMED_FOR,
        "FRESHNESS_GRACE_PERIOD": CONFIRMED_FOR,
        "FRESHNESS_ALLOW_AUTH_TOKEN": False,
        "API_ENABLED_METHODS": ["session"],
        # Mails
        "EMAIL_SENDER": settings.mail_from,
        "EMAIL_SUBJECT_PASSWORD_RESET": "Choose a new password for TIA Hub",
        **{f"MSG_{name}": words for name, words in WORDS.items()},
    }


def register(app: Flask, settings: Settings) -> None:
    """Set up sign-in: passwords by argon2, a second factor by TOTP with recovery codes, neutral answers, limits."""
    app.config.update({f"SECURITY_{name}": value for name, value in _configuration(settings).items()})
    sessions.register(app)
    security = Security(
        app,
        Datastore(db, Person, _NoRoles),
        render_template=_render,
        mail_util_cls=Mail,
        password_util_cls=Passwords,
        totp_cls=Codes,
        login_form=SignInForm,
        verify_form=ConfirmForm,
        forgot_password_form=ForgottenForm,
        reset_password_form=NewPasswordForm,
        change_password_form=ChangeForm,
        two_factor_verify_code_form=CodeForm,
        mf_recovery_form=RecoveryForm,
    )
    security.pwd_context = TurnByTurn(settings.password_hashes_at_once, schemes=["argon2"], **ARGON2)
    # The hash of a link for a new password costs what the one costs that is made for an unknown address.
    security.hashing_context = security.pwd_context
    security.reset_serializer = MailedTokens()  # type: ignore[assignment]
    # It signs with the last of its keys, and is given the present one first.
    security.tf_setup_serializer.secret_keys.reverse()
    # What somebody may do is found out at the doors; Flask-Principal would look for it at every request.
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    security.mf_recovery_codes_context_processor(lambda: {"then": cookie.get(sessions.AFTER_SET_UP)})
    security.verify_context_processor(passkeys.confirmation)
    security.tf_token_validation_context_processor(lambda: {"has_passkey": watch.may_use_passkey()})
    # Pages only: no JSON in place of a page, and no tokens in place of a session.
    security.want_json(lambda request: False)
    security.mail_context_processor(lambda: {"link": link})
    watch.register(app, settings)


def _address(value: str) -> str | None:
    value = value.strip().lower()
    return value if "@" in value else None
