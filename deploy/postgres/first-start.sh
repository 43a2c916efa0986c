# Run by the image of PostgreSQL once, when it makes a server: the database, its role, which is no superuser, and no password for the role that is one.
# That one is let in within the container alone: docker compose exec db psql --username postgres
psql --set=ON_ERROR_STOP=1 --no-psqlrc --quiet --username=postgres --dbname=postgres <<'SQL'
\set password `printf %s "$POSTGRES_PASSWORD"`
CREATE ROLE casework LOGIN PASSWORD :'password';
CREATE DATABASE casework OWNER casework TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
ALTER ROLE postgres PASSWORD NULL;
SQL
