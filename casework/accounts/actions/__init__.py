"""Everything that can happen to users, teams and what they may do."""

from .absences import UnableToRecordAbsence, end_absence, record_absence
from .api_tokens import (
    TokenMadeAlready,
    UnableToMakeToken,
    make_api_token,
    note_use,
    revoke_api_token,
    revoke_api_tokens_of,
    token_behind,
)
from .invitations import (
    UnableToAcceptInvitation,
    UnableToInvite,
    accept_invitation,
    invite,
    renew_invitation,
    withdraw_invitation,
)
from .memberships import UnableToEndRole, UnableToGrantRole, end_role, grant_role
from .organisation import OrganisationChanged, OrganisationFields, change_organisation, organisation
from .recoveries import (
    UnableToResetSecondFactor,
    finish_recovery,
    open_recovery,
    reset_second_factor,
    waiting_recovery,
)
from .saved_filters import UnableToSaveFilter, remove_filter, rename_filter, save_filter
from .sessions import end_session, end_sessions
from .teams import UnableToChangeTeam, change_team, create_team
from .users import (
    UnableToChangeProfile,
    UnableToCreateFirstAdministrator,
    UnableToDisableUser,
    change_own_profile,
    choose_case_columns,
    choose_language,
    choose_single_keys,
    create_first_administrator,
    disable_user,
    enable_user,
)

__all__ = [
    "OrganisationChanged",
    "OrganisationFields",
    "TokenMadeAlready",
    "UnableToAcceptInvitation",
    "UnableToChangeProfile",
    "UnableToChangeTeam",
    "UnableToCreateFirstAdministrator",
    "UnableToDisableUser",
    "UnableToEndRole",
    "UnableToGrantRole",
    "UnableToInvite",
    "UnableToMakeToken",
    "UnableToRecordAbsence",
    "UnableToResetSecondFactor",
    "UnableToSaveFilter",
    "accept_invitation",
    "change_organisation",
    "change_own_profile",
    "change_team",
    "choose_case_columns",
    "choose_language",
    "choose_single_keys",
    "create_first_administrator",
    "create_team",
    "disable_user",
    "enable_user",
    "end_absence",
    "end_role",
    "end_session",
    "end_sessions",
    "finish_recovery",
    "grant_role",
    "invite",
    "make_api_token",
    "note_use",
    "open_recovery",
    "organisation",
    "record_absence",
    "remove_filter",
    "rename_filter",
    "renew_invitation",
    "reset_second_factor",
    "revoke_api_token",
    "revoke_api_tokens_of",
    "save_filter",
    "token_behind",
    "waiting_recovery",
    "withdraw_invitation",
]
