"""The words people read for the codes that the APIs use; every code of ``openapi/`` has one here."""

from services.portal.wording.accounts import *  # noqa: F403 - one place to look words up in, whichever file holds them
from services.portal.wording.directory import *  # noqa: F403
from services.portal.wording.imports import *  # noqa: F403
from services.portal.wording.ownership import *  # noqa: F403
from services.portal.wording.referrals import *  # noqa: F403
