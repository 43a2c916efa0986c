"""What a statement of a migration locks, and whether that lasts longer the larger the table is.

By the manual of PostgreSQL (ALTER TABLE, Explicit Locking). What is not known counts as long: somebody looks.
"""

import re
from dataclasses import dataclass
from enum import Enum


class Lasts(Enum):
    """For how long others wait."""

    NOT = "nobody waits"
    A_MOMENT = "a moment"
    INDEX = "an index is built"
    SCAN = "the table is read"
    REWRITE = "the table is written anew"
    ROWS = "rows are changed"
    UNKNOWN = "not known"


# So many bytes in a second, on a slow machine.
SPEED = {
    Lasts.INDEX: 20_000_000,
    Lasts.SCAN: 100_000_000,
    Lasts.REWRITE: 15_000_000,
    Lasts.ROWS: 8_000_000,
    Lasts.UNKNOWN: 8_000_000,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A statement. blocks: whom it keeps waiting, `reads and writes`, `writes` or nobody. breaks_older: the release before this needs what it takes away."""

    sql: str
    table: str
    lasts: Lasts
    blocks: str
    advice: str = ""
    breaks_older: bool = False
    loses_data: bool = False

    @property
    def grows(self) -> bool:
        return self.lasts not in (Lasts.NOT, Lasts.A_MOMENT)

    def seconds(self, bytes: int) -> float:
        """Estimate how long others wait, for a table of so many bytes."""
        return bytes / SPEED[self.lasts] if self.grows else 0.05


ALL, WRITES, NOBODY = "reads and writes", "writes", ""
NAME = r'(?:"?public"?\.)?"?(\w+)"?'
ALTER = re.compile(rf"^ALTER TABLE (?:IF EXISTS )?(?:ONLY )?{NAME} (.*)$", re.DOTALL | re.IGNORECASE)
INDEX = re.compile(
    rf'^CREATE (?:UNIQUE )?INDEX (CONCURRENTLY )?(?:IF NOT EXISTS )?"?\w+"? ON (?:ONLY )?{NAME}', re.IGNORECASE
)
VOLATILE = re.compile(r"DEFAULT\s+\(?\s*(gen_random_uuid|random|clock_timestamp|uuid_generate|nextval)", re.IGNORECASE)
ADD_NOT_VALID = "AddConstraintNotValid, and ValidateConstraint in the migration after"

# What an action of ALTER TABLE does, the first that fits: pattern, how long, whom, what to do instead, older code breaks, data are lost.
ACTIONS: tuple[tuple[str, Lasts, str, str, bool, bool], ...] = (
    (r"VALIDATE CONSTRAINT", Lasts.NOT, NOBODY, "", False, False),
    (r"ADD CONSTRAINT .* USING INDEX", Lasts.A_MOMENT, ALL, "", False, False),
    (r"ADD CONSTRAINT .* NOT VALID", Lasts.A_MOMENT, ALL, "", False, False),
    (r"ADD CONSTRAINT .* FOREIGN KEY", Lasts.SCAN, WRITES, "ADD CONSTRAINT ... NOT VALID, then VALIDATE", False, False),
    (r"ADD CONSTRAINT .* CHECK", Lasts.SCAN, ALL, ADD_NOT_VALID, False, False),
    (r"ADD CONSTRAINT", Lasts.INDEX, ALL, "an index CONCURRENTLY, then ADD CONSTRAINT ... USING INDEX", False, False),
    (r"ADD COLUMN .* GENERATED ALWAYS AS \(", Lasts.REWRITE, ALL, "a plain column that the application fills", False, False),
    (r"ADD COLUMN .* UNIQUE", Lasts.INDEX, ALL, "the column, then an index CONCURRENTLY", False, False),
    (r"ADD COLUMN .* REFERENCES", Lasts.SCAN, ALL, "db_constraint=False, then the key NOT VALID, then VALIDATE", False, False),
    (r"ADD COLUMN", Lasts.A_MOMENT, ALL, "", False, False),
    (r"ALTER COLUMN \S+ TYPE", Lasts.REWRITE, ALL, "a new column, filled in pieces", False, False),
    (r"ALTER COLUMN \S+ SET NOT NULL", Lasts.SCAN, ALL, "a check NOT VALID, validated, first", False, False),
    (r"ALTER COLUMN", Lasts.A_MOMENT, ALL, "", False, False),
    (r"DROP COLUMN", Lasts.A_MOMENT, ALL, "stop using it in one release, drop it in the next", True, True),
    (r"RENAME", Lasts.A_MOMENT, ALL, "a new one beside the old", True, False),
    (r"DROP CONSTRAINT", Lasts.A_MOMENT, ALL, "", False, False),
    (r"(ENABLE|DISABLE) .*TRIGGER|SET \(|RESET \(", Lasts.A_MOMENT, WRITES, "", False, False),
)  # fmt: skip


def judge(sql: str) -> Judged:
    """Say what one statement does to others."""
    text = " ".join(line for line in sql.splitlines() if not line.lstrip().startswith("--")).strip().rstrip(";").strip()
    found = ALTER.match(text)
    if found:
        return _altered(sql, found[1], found[2])
    found = INDEX.match(text)
    if found:
        if found[1]:
            return Judged(sql=sql, table=found[2], lasts=Lasts.NOT, blocks=NOBODY)
        return Judged(sql=sql, table=found[2], lasts=Lasts.INDEX, blocks=WRITES, advice="AddIndexConcurrently")
    return _other(sql, text)


def _altered(sql: str, table: str, action: str) -> Judged:
    if re.match("ADD COLUMN", action, re.IGNORECASE) and VOLATILE.search(action):
        advice = "the column without a default, filled in pieces"
        return Judged(sql=sql, table=table, lasts=Lasts.REWRITE, blocks=ALL, advice=advice)
    for pattern, lasts, blocks, advice, breaks, loses in ACTIONS:
        if re.match(pattern, action, re.IGNORECASE | re.DOTALL):
            return Judged(
                sql=sql, table=table, lasts=lasts, blocks=blocks, advice=advice, breaks_older=breaks, loses_data=loses
            )
    return Judged(sql=sql, table=table, lasts=Lasts.UNKNOWN, blocks=ALL)


NO_TABLE = (
    r"(?:BEGIN|COMMIT|SET|RESET|SELECT|COMMENT|GRANT|REVOKE|DROP (?:FUNCTION|VIEW)|ALTER (?:FUNCTION|SEQUENCE)|"
    r"CREATE (?:OR REPLACE )?(?:FUNCTION|EXTENSION|COLLATION|SEQUENCE|VIEW))\b()"
)
OTHERS: tuple[tuple[str, Lasts, str, bool], ...] = (
    (rf"CREATE TABLE (?:IF NOT EXISTS )?{NAME}", Lasts.NOT, NOBODY, False),
    (rf"DROP TABLE (?:IF EXISTS )?{NAME}", Lasts.A_MOMENT, ALL, True),
    (rf"(?:CREATE|DROP|ALTER) (?:OR REPLACE )?(?:CONSTRAINT )?TRIGGER .*?\bON {NAME}", Lasts.A_MOMENT, WRITES, False),
    (rf"COMMENT ON TRIGGER .*?\bON {NAME}", Lasts.A_MOMENT, NOBODY, False),
    (rf"(?:UPDATE|DELETE FROM) (?:ONLY )?{NAME}", Lasts.ROWS, "changes of the same rows", False),
    (rf"INSERT INTO {NAME}", Lasts.A_MOMENT, NOBODY, False),
    (r"DROP INDEX CONCURRENTLY ()", Lasts.NOT, NOBODY, False),
    (r"DROP INDEX ()", Lasts.A_MOMENT, ALL, False),
    (
        NO_TABLE,
        Lasts.NOT,
        NOBODY,
        False,
    ),
)


def _other(sql: str, text: str) -> Judged:
    for pattern, lasts, blocks, is_taken_away in OTHERS:
        found = re.match(pattern, text, re.IGNORECASE | re.DOTALL)
        if found:
            table = found[1] or ""
            advice = "stop using it in one release, drop it in the next" if is_taken_away else ""
            return Judged(
                sql=sql, table=table, lasts=lasts, blocks=blocks, advice=advice,
                breaks_older=is_taken_away, loses_data=is_taken_away,
            )  # fmt: skip
    return Judged(sql=sql, table="", lasts=Lasts.UNKNOWN, blocks=ALL)
