"""The columns of short sealed texts: what is signed in, and the seeds of second factors. A rotation of the secret seals them anew."""

from casework.vault.secret_text import SealedTexts

SESSION = SealedTexts(purpose="session", model="accounts.Session", field="session_data")
SECOND_FACTOR = SealedTexts(purpose="mfa", model="mfa.Authenticator", field="data")

SEALED_TEXTS = (SESSION, SECOND_FACTOR)
