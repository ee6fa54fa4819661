-- Roles and one database for 万企, for psql as a superuser; may be run again at any time.
--   WANQI_OWNER_PASSWORD=… WANQI_APP_PASSWORD=… psql -v database=wanqi -f roles.sql
-- wanqi_owner owns the tables and may change them (DATABASE_OWNER_URL: migrate, packs load).
-- wanqi_app reads and writes rows, and nothing else: no DDL, no TRUNCATE (DATABASE_URL: everything else).
-- wanqi_enterprise cannot log in: wanqi_app takes it on for the requests of an enterprise's own users, who then reach the
-- rows of that enterprise alone. Row policies bind this role; wanqi_app passes them by, so that its searches stay fast.
\set ON_ERROR_STOP on
\getenv owner_password WANQI_OWNER_PASSWORD
\getenv app_password WANQI_APP_PASSWORD
\if :{?database} \else
  \set database wanqi
\endif
SET client_min_messages = warning;
SET password_encryption = 'scram-sha-256';

SELECT format('CREATE ROLE %I', name) FROM unnest(ARRAY['wanqi_owner', 'wanqi_app', 'wanqi_enterprise']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE wanqi_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE wanqi_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS PASSWORD :'app_password';
ALTER ROLE wanqi_enterprise NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
GRANT wanqi_enterprise TO wanqi_app WITH INHERIT FALSE, SET TRUE;

SELECT format('CREATE DATABASE %I OWNER wanqi_owner TEMPLATE template0 ENCODING ''UTF8''', :'database')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO wanqi_app;

\connect :"database"
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER SCHEMA public OWNER TO wanqi_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO wanqi_app, wanqi_enterprise;
ALTER DEFAULT PRIVILEGES FOR ROLE wanqi_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO wanqi_app;
ALTER DEFAULT PRIVILEGES FOR ROLE wanqi_owner IN SCHEMA public
  GRANT USAGE ON SEQUENCES TO wanqi_app;
