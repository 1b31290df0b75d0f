-- The database's roles. Run as its administrator, once before the first start, and again whenever it has changed: it
-- repeats nothing and loses nothing.
--   museum            owns the tables; load and consumer
--   museum_dashboard  reads and writes rows; the dashboard
--   museum_reports    reads the public views; nobody logs in as it: grant it to the people who need it
-- auth: iam (tokens of IAM) or password (from MUSEUM_PASSWORD and DASHBOARD_PASSWORD).
\set ON_ERROR_STOP on
\set QUIET on
\getenv auth AUTH
\getenv museum_password MUSEUM_PASSWORD
\getenv dashboard_password DASHBOARD_PASSWORD
set client_min_messages = warning;

begin;

select format('create role %I %s', name, kind)
from (values ('museum', 'login'), ('museum_dashboard', 'login'), ('museum_reports', 'nologin')) as wanted (name, kind)
where not exists (select from pg_roles where rolname = name)
\gexec

select format('grant connect, temporary on database %I to museum, museum_dashboard', current_database())
\gexec
grant usage, create on schema public to museum;
grant usage on schema public to museum_dashboard, museum_reports;

-- What museum makes from now on, and what it made already. Only its member may say so, and only until the end of this
-- transaction: whoever is a member of a role that logs in with tokens of IAM is asked for one at RDS.
grant museum to current_user;
alter default privileges for role museum in schema public
  grant select, insert, update, delete on tables to museum_dashboard;
alter default privileges for role museum in schema public grant usage, select on sequences to museum_dashboard;
grant select, insert, update, delete on all tables in schema public to museum_dashboard;
grant usage, select on all sequences in schema public to museum_dashboard;
select format('grant select on %I to museum_reports', viewname)
from pg_views
where schemaname = 'public' and viewname in ('rating_info', 'support_info', 'exhibition_info')
\gexec
revoke museum from current_user;

select :'auth' = 'iam' as iam \gset
\if :iam
  alter role museum password null;
  alter role museum_dashboard password null;
  grant rds_iam to museum, museum_dashboard;
\else
  select 'revoke rds_iam from museum, museum_dashboard' where exists (select from pg_roles where rolname = 'rds_iam')
  \gexec
  alter role museum password :'museum_password';
  alter role museum_dashboard password :'dashboard_password';
\endif

commit;
