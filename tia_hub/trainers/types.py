"""Words and small values of the registry."""

from tia_hub.core.permissions import Permission as P

PROVIDER_WORDS = "Training provider"
PROVIDER_PERMISSIONS = frozenset({P.PROVIDER_OPEN, P.COURSE_WRITE})
