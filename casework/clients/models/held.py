"""The trigger by which the database refuses to delete what belongs to a case under a legal hold."""

import pgtrigger

# Whatever the way by which a row is deleted.
_REFUSE_HELD = """
    IF EXISTS (SELECT FROM clients_legalhold WHERE case_id = {case} AND lifted_at IS NULL) THEN
        RAISE EXCEPTION 'a legal hold keeps the case %', {case}
            USING ERRCODE = 'check_violation', CONSTRAINT = 'legal_hold_keeps_the_case';
    END IF;
    RETURN OLD;
"""


def kept_while_held(case: str) -> pgtrigger.Trigger:
    """Refuse to delete a row while the case to which the column `case` of it leads is held."""
    return pgtrigger.Trigger(
        name="legal_hold_keeps_it",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func=_REFUSE_HELD.format(case=f"OLD.{case}"),
    )
