"""Forms of signing in: Flask-Security's own, with this product's words and limits, and the one that makes an account."""

from typing import Any

from flask import current_app
from flask_security.forms import (
    ChangePasswordForm,
    ForgotPasswordForm,
    LoginForm,
    ResetPasswordForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
)
from flask_security.recovery_codes import MfRecoveryForm
from wtforms import Field, HiddenField
from wtforms.validators import StopValidation

from tia_hub.accounts.evenness import work_for_nobody
from tia_hub.accounts.passwords import LONGEST, RULES, fault_in_password
from tia_hub.core.db import db
from tia_hub.core.forms import EmailField, Form, LineField, Required, SecretField, fault_in_text
from tia_hub.settings import Settings


class PasswordBox(SecretField):
    """A password as it is typed: any character, except those that no keyboard sends."""

    def __init__(self, label: str, *, required: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, validators=[Required(required)] if required else [], **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Refuse what can't be hashed, and what is far too long to be a password."""
        if fault_in_text(self.data or "", LONGEST):
            raise StopValidation(f"Type the password again, in {LONGEST:,} characters or fewer")


class CodeField(LineField):
    """A code as people type it, with spaces or without."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take it without its spaces."""
        self.data = "".join(str(valuelist[0]).split()) if valuelist else ""


class SignInForm(LoginForm):
    """Address and password."""

    Meta = Form.Meta
    email = EmailField("Email address", required="Enter your email address")  # type: ignore[assignment]
    password = PasswordBox("Password", required="Enter your password")

    def validate(self, **kwargs: Any) -> bool:
        """Without an address to go on to, one's places follow, also after the second factor.

        Hashing may have to wait for its turn: nobody does so with a connection to the database in hand.
        """
        if self.email.data and not fault_in_text(self.email.data, LONGEST):
            self.ifield = self.email
            self.user = current_app.extensions["security"].datastore.find_user(email=self.email.data)
            db.session.commit()
        valid = super().validate(**kwargs)
        if valid and not self.next.data:
            self.next.data = current_app.config["SECURITY_POST_LOGIN_VIEW"]
        return bool(valid)


class ConfirmForm(VerifyForm):
    """The password once more, before something that matters."""

    Meta = Form.Meta
    password = PasswordBox("Password", required="Enter your password")


class ForgottenForm(ForgotPasswordForm):
    """The address that a link goes to."""

    Meta = Form.Meta
    email = EmailField("Email address", required="Enter your email address")  # type: ignore[assignment]

    def validate(self, **kwargs: Any) -> bool:
        """Say what is wrong with an address that can't be one, and nothing about whether anybody has it."""
        self.user = None
        if not super(ForgotPasswordForm, self).validate(**kwargs):
            self.form_errors.extend(self.email.errors)
            return False
        person = current_app.extensions["security"].datastore.find_user(email=self.email.data)
        self.user = person if person is not None and person.active else None
        if self.user is None:
            work_for_nobody("security/email/reset_instructions")
        return self.user is not None


class NewPasswordForm(ResetPasswordForm):
    """A new password, by the link of a mail."""

    Meta = Form.Meta
    password = PasswordBox("New password", required="Enter a new password", description=RULES)
    password_confirm = None  # type: ignore[assignment]


class ChangeForm(ChangePasswordForm):
    """A new password instead of the present one."""

    Meta = Form.Meta
    password = PasswordBox("Present password")
    new_password = PasswordBox("New password", required="Enter a new password", description=RULES)
    new_password_confirm = None  # type: ignore[assignment]


class CodeForm(TwoFactorVerifyCodeForm):
    """The six digits of an authenticator app."""

    Meta = Form.Meta
    code = CodeField("Code", required="Enter the 6 digits that your app shows", description="6 digits")


class RecoveryForm(MfRecoveryForm):
    """A recovery code instead of the app's."""

    Meta = Form.Meta
    code = CodeField("Recovery code", required="Enter one of your recovery codes", description="For example, 4f1c-09ab-77d2")

    def validate(self, **kwargs: Any) -> bool:
        """Look at the codes as they are now: whoever sends one twice at once waits here, and is late."""
        db.session.refresh(self.user, with_for_update=True)
        return bool(super().validate(**kwargs))


class LinkForm(Form):
    """The address that a link for signing in goes to."""

    email = EmailField("Email address", required="Enter your email address")


class AddressForm(Form):
    """The address that somebody wants to sign in with from now on."""

    email = EmailField("New email address", required="Enter your new email address")


class PasskeyForm(Form):
    """What the browser's script brings back from the device, and which question it answers."""

    credential = HiddenField()
    challenge = HiddenField()
    next = HiddenField()


class NamedPasskeyForm(PasskeyForm):
    """A new passkey, and its owner's name for it."""

    name = LineField(
        "Name",
        longest=60,
        required="Enter a name for it",
        description="So that you know it again, such as: my phone",
    )


class AcceptForm(Form):
    """A new account for somebody who was invited; the address is the invitation's."""

    name = LineField("Your name", required="Enter your name", description="As your colleagues know you")
    password = PasswordBox("Password", required="Choose a password", description=RULES)

    def __init__(self, *, email: str, **kwargs: Any) -> None:
        self.invited_address = email
        super().__init__(**kwargs)

    def validate_password(self, field: Field) -> None:
        """Hold the password to the rules."""
        settings: Settings = current_app.extensions["settings"]
        fault = fault_in_password(
            field.data, email=self.invited_address, name=self.name.data or "", breached=settings.breached_passwords
        )
        if fault:
            raise StopValidation(fault)
