"""How people get in, and their mail."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from clorp.settings.base import DATA_DIR, DEBUG, env

AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = [
    # HSTS for all subdomains: what else is served beneath an operator's name may not speak HTTPS, and would be out of
    # reach for a year. Whose subdomains all do sets it in the proxy.
    "security.W005",
    # Preloading puts a name on a list in browsers that it leaves only months later, and asks for W005 first.
    "security.W021",
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["accounts.entrance.hashing.FewAtOnceHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_REDIRECT_URL = "/board"
LOGIN_URL = "account_login"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.entrance.forms.LoginForm",
    "signup": "accounts.entrance.forms.SignupForm",
    "confirm_email_verification_code": "accounts.entrance.forms.ConfirmEmailCodeForm",
    "confirm_login_code": "accounts.entrance.forms.ConfirmCodeForm",
    "add_email": "accounts.entrance.forms.AddEmailForm",
    "change_email": "accounts.entrance.forms.ChangeEmailForm",
    "reset_password": "accounts.entrance.forms.ResetPasswordForm",
    "request_login_code": "accounts.entrance.forms.RequestLoginCodeForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Seconds for which a login, or its confirmation, is good for what could cost somebody their account or its money.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# By a code that is mailed, only whoever has neither of the others; by our own page.
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa", "mailed_code"]
# Guesses of a device that has signed in before, beside allauth's limits for all others (by account and by address).
ACCOUNT_RATE_LIMITS = {"known_device": "10/5m/key"}
# --- OAuth: programs that people let in -----------------------------------------------------

IDP_OIDC_ADAPTER = "accounts.entrance.oauth.OAuthAdapter"
# A program makes itself known, or is known by a document of its own: nobody could have been told of it beforehand.
IDP_OIDC_DCR_ENABLED = IDP_OIDC_CIMD_ENABLED = True
IDP_OIDC_DCR_REQUIRES_INITIAL_ACCESS_TOKEN = False
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 3_600
# Each use gives another one; a program that is not used for so long has to ask again.
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = 60 * 86_400
IDP_OIDC_DEVICE_CODE_EXPIRES_IN = 600
IDP_OIDC_RATE_LIMITS = {"client_registration": "10/m/ip", "cimd_fetch": "10/m/ip", "device_user_code": "5/m/ip"}

MFA_FORMS = {
    "authenticate": "accounts.entrance.second_factor_forms.AuthenticateForm",
    "reauthenticate": "accounts.entrance.second_factor_forms.ReauthenticateForm",
    "add_webauthn": "accounts.entrance.second_factor_forms.AddKeyForm",
    "edit_webauthn": "accounts.entrance.second_factor_forms.EditKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "clorp"
# Staff always need one; turned off it is for tests and drills. The demo spares its moderator where nothing is said.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=True)
# For so long; then they confirm it again.
STAFF_SECOND_FACTOR_SECONDS = env.int("STAFF_SECOND_FACTOR_SECONDS", default=12 * 3600)
STAFF_SPARED = "staff@clorp.example" if DEBUG and not env.str("STAFF_SECOND_FACTOR", default="") else ""

EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    globals().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "outbox")
# By which push services know the site: the secret number of a P-256 key in base64url. Empty: one is made and kept in
# the database. With another one everybody has to turn push on again.
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", default="")
if VAPID_PRIVATE_KEY and len(VAPID_PRIVATE_KEY) != 43:
    raise ImproperlyConfigured("VAPID_PRIVATE_KEY is 32 bytes in base64url: 43 signs.")
# A mail server that says nothing must not keep a worker's thread.
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="clorp <hello@localhost>")
# Without a mail server nobody could ever read the code, so it is only asked for where there is one.
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if EMAIL_URL else "optional"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = bool(EMAIL_URL)
# Of what is mailed to an account's owner each time: new secrets, webhooks, keys, browsers; of each kind.
ACCOUNT_CHANGES_PER_HOUR = env.int("ACCOUNT_CHANGES_PER_HOUR", default=10)
# For one webhook or one browser; beyond that the oldest is skipped.
DELIVERIES_WAITING_MAX = env.int("DELIVERIES_WAITING_MAX", default=500)
# --- a copy of one's data, and the end of an account ------------------------------------------

# For how long a copy can be downloaded; how long after one was asked for the next may be.
EXPORT_SECONDS_KEPT = env.int("EXPORT_SECONDS_KEPT", default=7 * 86_400)
EXPORT_SECONDS_BETWEEN = env.int("EXPORT_SECONDS_BETWEEN", default=86_400)
# For how long whoever asked to be erased can think again.
ERASURE_SECONDS = env.int("ERASURE_SECONDS", default=14 * 86_400)
