# shellcheck shell=bash
# Read by the scripts that need Node in web/; not run by itself.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root/web" || exit 1

without() { echo "$1"; exit 3; }

# From Debian where that is allowed (MUSEUM_TEST_INSTALL=1, as root).
install_debian() { # PACKAGE…
  [[ ${MUSEUM_TEST_INSTALL:-0} == 1 && $(id -u) == 0 && $# -gt 0 ]] && command -v apt-get >/dev/null || return
  echo "installing $*"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; \
    } >/dev/null
}

install_npm() {
  command -v npm >/dev/null || install_debian nodejs npm
  command -v npm >/dev/null || without "no npm is installed (Debian: apt-get install nodejs npm)"
}

# Words before a command that needs Node 20 or newer: Debian 12 has 18, and npm has the other.
# shellcheck disable=SC2034 # Those who read this use it.
newer=()
newer_node() {
  # shellcheck disable=SC2034
  node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' ||
    newer=(npx --yes --package=node@20.19.5 --)
}

# Exactly the locked ones.
modules() {
  npm ci --no-audit --no-fund --loglevel=error && return
  npm ping >/dev/null 2>&1 && exit 1 # The registry answers: it is the lock file that is wrong.
  without "npm's registry does not answer, and ${PWD#"$root"/}/node_modules has to be filled from it"
}
