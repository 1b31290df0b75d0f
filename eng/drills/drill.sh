# shellcheck shell=bash
# Sourced by every drill; not run by itself.
# MUSEUM names a museum program other than the one built from this working copy. KEEP=1 keeps the scratch directory.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/museum-drill-XXXXXX")
failures=0
mounts=()

say() { printf '%(%T)T  %s\n' -1 "$*"; }
fail() { say "FAILED: $*"; failures=$((failures + 1)); }
expect() { # WHAT FOUND EXPECTED
  if [[ -n $2 && $2 == "$3" ]]; then say "ok: $1: $2"; else fail "$1: found $2, expected $3"; fi
}

finish() {
  local status=$? mounted
  jobs -p | xargs -r kill -9 2>/dev/null || true
  wait 2>/dev/null || true
  [[ -z ${kafka:-} ]] || kafka down "$kafka" 2>/dev/null || true
  for mounted in "${postgres:-}" "$work/postgres" "${mounts[@]:-}"; do
    [[ -n $mounted && -e $mounted/data ]] && "$root/eng/postgres-server" down "$mounted" 2>/dev/null || true
  done
  for mounted in "${mounts[@]:-}"; do [[ -z $mounted ]] || umount "$mounted" 2>/dev/null || true; done
  [[ -n ${KEEP:-} ]] && say "kept: $work" || rm -rf "$work"
  ((status == 0)) || fail "the drill itself ended with $status"
  ((failures == 0)) && say "All held." || { say "$failures did not hold."; exit 1; }
}
trap finish EXIT
# Without these a drill that is stopped would end with whatever its last command said.
trap 'exit 143' TERM
trap 'exit 130' INT

skip() { say "SKIPPED: $*"; exit 0; }

prepare() {
  if [[ -z ${MUSEUM:-} ]]; then
    dotnet build "$root/src/Museum" -c Release --nologo -v quiet
    MUSEUM=$root/src/Museum/bin/Release/net10.0/museum
  fi
  # No .env of the working copy, no settings of this shell.
  unset "${!LOCAL_@}" "${!DATABASE_@}" "${!AWS_@}" "${!KAFKA_@}"
  export MUSEUM_DATABASE=$work/museum.db
  cd "$work"
}

# The embedded file, or a PostgreSQL server of the drill's own (durable, as in production).
use_target() { # embedded|local
  export MUSEUM_TARGET=$1
  case $1 in
    embedded) command -v sqlite3 >/dev/null || skip "needs sqlite3" ;;
    local)
      postgres=${2:-$work/postgres}
      if [[ ! -e $postgres/data ]]; then
        # The server runs as another user, who must get there.
        chmod 755 "$work"
        "$root/eng/postgres-server" up "$postgres" >"$work/postgres.env"
      fi
      set -a
      # shellcheck disable=SC1091 # Written above.
      source "$work/postgres.env"
      set +a
      ;;
    *) echo "expected embedded or local, found $1" >&2; exit 2 ;;
  esac
}

admin() { psql -qXAt -v ON_ERROR_STOP=1 \
  "postgresql://$LOCAL_USERNAME:$LOCAL_PASSWORD@127.0.0.1:$(admin_port)/postgres" -c "$1"; }
admin_port() { "$root/eng/postgres-server" env "$postgres" | sed -n 's/^LOCAL_PORT=//p'; }

query() {
  if [[ $MUSEUM_TARGET == embedded ]]; then
    sqlite3 "$MUSEUM_DATABASE" ".timeout 20000" "$1"
  else
    psql -qXAt -v ON_ERROR_STOP=1 "postgresql://$LOCAL_USERNAME:$LOCAL_PASSWORD@127.0.0.1:$(admin_port)/$LOCAL_DB" -c \
      "$1"
  fi
}

fresh_database() {
  if [[ $MUSEUM_TARGET == embedded ]]; then
    rm -f "$MUSEUM_DATABASE" "$MUSEUM_DATABASE"-*
  else
    admin "drop database if exists $LOCAL_DB with (force)"
    admin "create database $LOCAL_DB"
  fi
}

# In the background start "$MUSEUM" itself: $! of a function is its shell's, and a kill would leave the program running.
museum() { "$MUSEUM" "$@"; }

# The first number with this name in a JSON object: the total comes before its parts.
number() {
  awk -v key="\"$1\":" \
    'at = index($0, key) { rest = substr($0, at + length(key)); match(rest, /^[0-9.-]+/); print substr(rest, 1, RLENGTH) }'
}

# Milliseconds since some moment.
now() { echo $(($(date +%s%N) / 1000000)); }

seconds() { printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)); } # MILLISECONDS

# Makes $work/bucket and remembers what a load of it must give.
make_bucket() { # ROWS OBJECTS SEED
  museum simulate bucket "$work/bucket" --rows "$1" --objects "$2" --seed "$3" --json >"$work/bucket.json"
  want_rows=$1
  want_ratings=$(number ratings <"$work/bucket.json")
  want_support=$(number support <"$work/bucket.json")
  [[ -n $want_ratings && -n $want_support ]] || { echo "$MUSEUM made no bucket: $(cat "$work/bucket.json")" >&2; \
    exit 1; }
}

# Every row once, ids unique, and tables, ledger and hourly counts agree.
expect_exact() {
  expect "ratings" "$(query 'select count(*) from rating_instance')" "$want_ratings"
  expect "calls for help" "$(query 'select count(*) from support_instance')" "$want_support"
  expect "positions stored once" "$(query 'select count(*) from (
    select source_id, position from rating_instance
    union select source_id, position from support_instance) as places')" "$want_rows"
  expect "rows of sources that were replaced or never were" \
    "$(query "select count(*) from rating_instance r where not exists (
    select 1 from source s where s.source_id = r.source_id and s.state = 'loaded')")" 0
  local status=0
  museum db status --json >"$work/status.json" 2>"$work/status.err" || status=$?
  expect "museum db status" "$status" 0
}
