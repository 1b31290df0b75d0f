# shellcheck shell=bash
# shellcheck disable=SC2034 # Its variables are for whoever reads it.
# Read by eng/kafka-server; not run by itself. find_engine looks for what a broker can run on, in this order: the jars
# of ../shared/services, Docker where a daemon answers, the jars that mvn fetches once into the cache. It sets engine to
# "jars", with class_path, or to "docker".
version=4.3.1
image=apache/kafka:$version
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
pins=$root/eng/kafka-jars
cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/museum-pipeline/kafka-$version
engine='' class_path='' reasons=()
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

coordinates() { sed -n 's/^[0-9a-f]\{64\} //p' "$pins"; }

# Every pinned jar is in this directory, with the bytes it should have.
genuine() {
  local sum group artifact number
  while IFS=' :' read -r sum group artifact number; do
    [[ $sum == \#* || -z $group ]] || echo "$sum  $1/$artifact-$number.jar"
  done <"$pins" | sha256sum --check --strict --quiet >/dev/null 2>&1
}

use_jars() {
  local group artifact number
  class_path=
  while IFS=: read -r group artifact number; do class_path+=${class_path:+:}$1/$artifact-$number.jar; \
    done < <(coordinates)
  engine=jars
}

java_version() { "$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -1; }

install() { # PACKAGE…
  [[ ${MUSEUM_TEST_INSTALL:-0} == 1 && $(id -u) == 0 ]] && command -v apt-get >/dev/null || return
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; \
    } >/dev/null 2>&1
}

have_java() {
  (($(java_version || true) + 0 >= 17)) 2>/dev/null || install default-jre-headless || true
  (($(java_version || true) + 0 >= 17)) 2>/dev/null ||
    { reasons+=("Java 17 is not installed (Debian: apt-get install default-jre-headless)"); return 1; }
}

beside_the_project() {
  local above=$root
  while [[ $above != / && -n $above ]]; do
    above=$(dirname "$above")
    [[ ! -d $above/shared/services/kafka/libs ]] || { echo "$above/shared/services/kafka/libs"; return; }
  done
  return 1
}

from_beside() {
  local libs
  libs=$(beside_the_project) || { reasons+=("no ../shared/services"); return 1; }
  genuine "$libs" || { reasons+=("the jars of ../shared/services are not those of eng/kafka-jars"); return 1; }
  have_java && use_jars "$libs"
}

from_docker() {
  docker info >/dev/null 2>&1 || { reasons+=("no Docker daemon answers"); return 1; }
  docker image inspect "$image" >/dev/null 2>&1 || docker pull -q "$image" >/dev/null 2>&1 ||
    { reasons+=("Docker has no $image"); return 1; }
  engine=docker
}

# One call of mvn for all of them, by coordinates; what a jar's own description asks for beside is left out, for the
# list is complete.
fetch() { # INTO
  local group artifact number
  {
    echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
    echo \
      '<groupId>museum</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging><dependencies>'
    while IFS=: read -r group artifact number; do
      echo "<dependency><groupId>$group</groupId><artifactId>$artifact</artifactId><version>$number</version>"
      echo '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>'
    done < <(coordinates)
    echo '</dependencies></project>'
  } >"$1/pom.xml"
  timeout 300 mvn -B -q -Dstyle.color=never -f "$1/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$1/jars"
}

from_maven() {
  local fresh
  have_java || return
  if ! genuine "$cache"; then
    command -v mvn >/dev/null || install maven || true
    command -v mvn >/dev/null || { reasons+=("mvn is not installed (Debian: apt-get install maven)"); return 1; }
    mkdir -p "$(dirname "$cache")"
    fresh=$(mktemp -d "$cache.XXXXXX")
    if ! fetch "$fresh" >"$fresh/log" 2>&1; then
      reasons+=("mvn could not fetch the jars: $(sed -n 's/.*\[ERROR\] //p' "$fresh/log" | head -1 | cut -c-240)")
      rm -rf "$fresh"; return 1
    fi
    if ! genuine "$fresh/jars"; then
      reasons+=("what mvn fetched is not what eng/kafka-jars pins"); rm -rf "$fresh"; return 1
    fi
    rm -rf "$cache"; mv "$fresh/jars" "$cache"; rm -rf "$fresh"
  fi
  use_jars "$cache"
}

find_engine() {
  from_beside || from_docker || from_maven || {
    printf 'no Kafka broker: set MUSEUM_TEST_KAFKA to the addresses of one, or have Docker, or Java with mvn'
    printf '; %s' "${reasons[@]}"; echo; exit 3
  } >&2
}
