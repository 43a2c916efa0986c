"""What a statement of a migration locks; what is dangerous by our judgement is so by squawk's too."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from casework.config.upgrades.locks import Lasts, judge

SQUAWK = Path(sys.executable).with_name("squawk")

DANGEROUS = [
    ('ALTER TABLE "clients_client" ADD COLUMN "x" uuid DEFAULT gen_random_uuid() NOT NULL', Lasts.REWRITE, "reads and writes"),
    ('ALTER TABLE "clients_client" ALTER COLUMN "x" TYPE bigint USING "x"::bigint', Lasts.REWRITE, "reads and writes"),
    ('ALTER TABLE "clients_client" ALTER COLUMN "x" SET NOT NULL', Lasts.SCAN, "reads and writes"),
    ('CREATE INDEX "i" ON "clients_client" ("x")', Lasts.INDEX, "writes"),
    ('CREATE UNIQUE INDEX "i" ON "clients_client" ("x") WHERE "y"', Lasts.INDEX, "writes"),
    ('ALTER TABLE "clients_client" ADD CONSTRAINT "c" CHECK ("x" > 0)', Lasts.SCAN, "reads and writes"),
    (
        'ALTER TABLE "clients_client" ADD CONSTRAINT "c" FOREIGN KEY ("x") REFERENCES "t" ("id") DEFERRABLE INITIALLY DEFERRED',
        Lasts.SCAN,
        "writes",
    ),
    ('ALTER TABLE "clients_client" ADD CONSTRAINT "c" UNIQUE ("x")', Lasts.INDEX, "reads and writes"),
]  # fmt: skip
OF_OURS_ALONE = [
    ('ALTER TABLE "clients_client" ADD CONSTRAINT "c" EXCLUDE USING gist ("x" WITH &&)', Lasts.INDEX, "reads and writes"),
    ('ALTER TABLE "clients_client" ADD COLUMN "x" uuid NULL CONSTRAINT "f" REFERENCES "t"("id")', Lasts.SCAN, "reads and writes"),
    ('UPDATE "clients_client" SET "x" = 1', Lasts.ROWS, "changes of the same rows"),
    ("REINDEX TABLE clients_client", Lasts.UNKNOWN, "reads and writes"),
    ('ALTER TABLE "clients_client" CLUSTER ON "i"', Lasts.UNKNOWN, "reads and writes"),
]  # fmt: skip
HARMLESS = [
    'ALTER TABLE "clients_client" ADD COLUMN "x" integer NULL',
    'ALTER TABLE "clients_client" ADD COLUMN "x" integer DEFAULT 0 NOT NULL',
    'ALTER TABLE "clients_client" ALTER COLUMN "x" DROP DEFAULT',
    'ALTER TABLE "clients_client" ALTER COLUMN "x" DROP NOT NULL',
    'CREATE INDEX CONCURRENTLY "i" ON "clients_client" ("x")',
    'ALTER TABLE "clients_client" ADD CONSTRAINT "c" CHECK ("x" > 0) NOT VALID',
    'ALTER TABLE "clients_client" VALIDATE CONSTRAINT "c"',
    'ALTER TABLE "clients_client" ADD CONSTRAINT "c" UNIQUE USING INDEX "i"',
    'CREATE TABLE "t" ("id" uuid NOT NULL PRIMARY KEY)',
    "CREATE OR REPLACE FUNCTION f() RETURNS TRIGGER AS $$ BEGIN UPDATE clients_client SET x = 1; END $$ LANGUAGE plpgsql",
    "CREATE TRIGGER t AFTER UPDATE ON clients_client FOR EACH ROW EXECUTE PROCEDURE f()",
    "SET CONSTRAINTS ALL IMMEDIATE",
    "-- a word\nDROP INDEX CONCURRENTLY i",
]


@pytest.mark.parametrize(("sql", "lasts", "blocks"), DANGEROUS + OF_OURS_ALONE)
def test_what_lasts_longer_the_larger_the_table_is(sql: str, lasts: Lasts, blocks: str) -> None:
    found = judge(sql)

    assert (found.lasts, found.blocks, found.grows) == (lasts, blocks, True)
    assert found.seconds(1_000_000_000) > 5 > found.seconds(100_000)


@pytest.mark.parametrize("sql", HARMLESS)
def test_what_lasts_a_moment_on_every_table(sql: str) -> None:
    found = judge(sql)

    assert not found.grows
    assert found.seconds(10**12) < 1


@pytest.mark.parametrize(
    ("sql", "loses"),
    [
        ('ALTER TABLE "clients_client" DROP COLUMN "x" CASCADE', True),
        ('DROP TABLE "clients_client" CASCADE', True),
        ('ALTER TABLE "clients_client" RENAME COLUMN "x" TO "y"', False),
    ],
)
def test_what_the_release_before_still_needs(sql: str, loses: bool) -> None:
    found = judge(sql)

    assert (found.table, found.breaks_older, found.loses_data) == ("clients_client", True, loses)


def test_squawk_finds_the_same_dangerous(tmp_path: Path) -> None:
    harmless = [it for it in HARMLESS if it.startswith(("ALTER", "CREATE INDEX")) and "DROP NOT NULL" not in it]
    found = squawk(tmp_path, [sql for sql, _lasts, _blocks in DANGEROUS])

    assert len(found) == len(DANGEROUS), sorted(set(range(len(DANGEROUS))) - found)
    assert squawk(tmp_path, harmless) == set()


# Of taste, or about what our migrations do otherwise: one transaction each, locks that are waited for with patience.
NOT_ABOUT_LOCKS = (
    "prefer-robust-stmts", "require-timeout-settings", "prefer-bigint-over-int", "prefer-identity", "ban-concurrent-index-creation-in-transaction",
    "ban-drop-default",
)  # fmt: skip


def squawk(folder: Path, statements: list[str]) -> set[int]:
    """Return the numbers of the statements of which squawk warns."""
    names = []
    for number, sql in enumerate(statements):
        names.append(folder / f"{number}.sql")
        names[-1].write_text(sql + ";\n")
    excluded = [part for rule in NOT_ABOUT_LOCKS for part in ("--exclude", rule)]
    command = [SQUAWK, "--reporter", "json", "--pg-version", "15", "--assume-in-transaction", *excluded, *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return {int(Path(it["file"]).stem) for it in json.loads(done.stdout)}
