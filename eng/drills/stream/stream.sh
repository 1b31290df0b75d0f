# shellcheck shell=bash
# Sourced by the stream drills; not run by itself.
# Each drill has a real Kafka of its own, producers whose ledger (eng/stream-ledger) the database is compared with, and
# consumers as separate processes. The broker comes from eng/kafka-server, or from the program in MUSEUM_KAFKA_SERVICE
# with the same verbs (up, stop, kill, start, down DIR; topic NAME PARTITIONS; tool CLASS …, its base port in
# KAFKA_PORT). DRILL_KAFKA_PORT chooses the base port.
source "$(dirname "${BASH_SOURCE[0]}")/../drill.sh"
topic=lmnh
consumers=()

find_kafka() {
  local why
  service=${MUSEUM_KAFKA_SERVICE:-$root/eng/kafka-server}
  [[ $service != "$root/eng/kafka-server" ]] || why=$("$service" ready 2>&1) || skip "$(tail -1 <<<"$why")"
}

free_port() { local port; for port in $(shuf -i 10000-19999 -n 50); do \
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }; done; }
# Four in a row.
free_kafka_port() {
  local base port taken
  for base in $(shuf -i 5000-7400 -n 50); do
    taken=
    for port in 0 1 2 3; do ! (exec 3<>"/dev/tcp/127.0.0.1/$((base * 4 + port))") 2>/dev/null || taken=1; done
    [[ -n $taken ]] || { echo $((base * 4)); return; }
  done
}

# Not exported: museum would take KAFKA_PORT for a setting of its client.
kafka() { KAFKA_PORT=$kafka_port KAFKA_HEAP=${DRILL_KAFKA_HEAP:-512m} timeout 120 "$service" "$@" >>"$work/kafka.log" \
  2>&1; }
kafka_tool() { KAFKA_PORT=$kafka_port timeout 60 "$service" tool "$@" 2>/dev/null; }

build_tools() {
  local program
  for program in stream-ledger commit-proxy; do
    [[ -x $tools/$program/$program ]] || dotnet build "$root/eng/$program" -c Release --nologo -v quiet -o \
      "$tools/$program" >"$work/build.log" || { cat "$work/build.log"; exit 1; }
  done
}

prepare_stream() { # TARGET PARTITIONS SEED
  find_kafka
  target=$1 seed=$3
  RANDOM=$seed
  say "target $target, $2 partitions, seed $seed"
  prepare
  tools=${DRILL_TOOLS:-$work/tools}
  build_tools
  kafka_port=${DRILL_KAFKA_PORT:-$(free_kafka_port)} kafka=$work/kafka
  kafka up "$kafka" || { tail -5 "$work/kafka.log"; exit 1; }
  kafka topic "$topic" "$2"
  use_target "$target"
  fresh_database
  mkdir -p exhibitions
  cp "$root"/samples/bucket/lmnh_exhibition_*.json exhibitions/
  museum load -b exhibitions --json >exhibitions.json 2>exhibitions.err ||
    fail "the exhibitions were not loaded: $(cat exhibitions.err)"
  export BOOTSTRAP_SERVERS=127.0.0.1:$kafka_port TOPIC=$topic GROUP=drill
  # The shortest timeout a broker allows: after a SIGKILL the group waits this long for the dead member.
  export KAFKA_SESSION_TIMEOUT_MS=6000
}

ledger() { "$tools/stream-ledger/stream-ledger" "$@"; }

database() {
  if [[ $target == embedded ]]; then echo "$MUSEUM_DATABASE"; else
    echo "Host=127.0.0.1;Port=$(admin_port);Database=$LOCAL_DB;Username=$LOCAL_USERNAME;Password=$LOCAL_PASSWORD"
  fi
}

# Producers: `produce` waits for the end, `start_producer` does not.
produced=0
# COUNT [RATE] [SPOILED]
produce() { produced=$((produced + 1)); ledger produce "$BOOTSTRAP_SERVERS" "$topic" "${book:-sent}" "$1" "${2:-0}" \
  $((seed + produced)) "${3:-0.02}" >>producer.log 2>&1 || fail "the producer: $(tail -2 producer.log)"; }
start_producer() { # COUNT RATE [SPOILED [CALLS]]
  produced=$((produced + 1))
  "$tools/stream-ledger/stream-ledger" produce "$BOOTSTRAP_SERVERS" "$topic" "${book:-sent}" "$1" "$2" $((seed + \
    produced)) "${3:-0.02}" "${4:-20}" >>producer.log 2>&1 &
  producer=$!
}
stop_producer() {
  kill -TERM "$producer" 2>/dev/null || true
  timeout 60 tail --pid "$producer" -f /dev/null ||
    { fail "the producer got rid of nothing for 60 s"; kill -KILL "$producer"; }
  wait "$producer" || fail "the producer ended badly: $(tail -2 producer.log)"
}

# Starts museum consume as a process; its id is in $consumer, its messages in consumer-N.err.
started=0
start_consumer() { # [ARGUMENT…]
  started=$((started + 1))
  # Background jobs of a script ignore SIGINT; a program at a prompt does not.
  env --default-signal=INT "$MUSEUM" consume --json "$@" >"consumer-$started.out" 2>"consumer-$started.err" &
  consumer=$!
  consumers[consumer]=$started
}
words() { cat "consumer-${consumers[$1]}.err" "consumer-${consumers[$1]}.out"; } # of the consumer with this process id
alive() { kill -0 "$1" 2>/dev/null; }

# Asks a consumer to end, and says how long it took: it has ten seconds.
stop_consumer() { # PID [SIGNAL] [EXPECTED STATUS]
  local pid=$1 status=0 began took
  began=$(now)
  kill "-${2:-TERM}" "$pid" 2>/dev/null || true
  while alive "$pid" && (($(now) - began < 15000)); do sleep 0.05; done
  took=$(($(now) - began))
  if alive "$pid"; then
    fail "a consumer did not end within 15 s of ${2:-TERM}: $(words "$pid" | tail -3)"
    kill -9 "$pid"
  fi
  wait "$pid" 2>/dev/null || status=$?
  ((took <= 10000)) || fail "a consumer took $(seconds $took) s to end"
  # 143 and 130 are a shell's exit codes for SIGTERM and SIGINT.
  [[ " ${3:-0 130 143} " == *" $status "* ]] || fail \
    "a consumer ended with $status after ${2:-TERM}: $(words "$pid" | tail -3)"
  say "   ended after $(seconds $took) s with $status"
}
kill_consumer() { kill -9 "$1" 2>/dev/null || true; wait "$1" 2>/dev/null || true; }
# PID: without it nothing that follows means anything
still_there() { alive "$1" || { fail "the consumer gave up: $(words "$1" | tail -3)"; exit 1; }; }

position() { query "select coalesce(sum(next_offset), 0) from kafka_offset" 2>/dev/null || echo unknown; }
await_progress() { # PID [SECONDS]: until a position moves
  local before began; before=$(position); began=$(now)
  until [[ $(position) != unknown && $(position) != "$before" ]]; do
    alive "$1" || { fail "the consumer ended: $(words "$1" | tail -3)"; exit 1; }
    (($(now) - began < ${2:-30} * 1000)) || { fail "no progress within ${2:-30} s: $(words "$1" | tail -3)"; return 0; }
    sleep 0.05
  done
}

# From here to the end no position may go back.
watch_positions() {
  rm -f watch.in; mkfifo watch.in
  "$tools/stream-ledger/stream-ledger" watch "$(database)" <watch.in >watch.out 2>&1 &
  watcher=$!
  exec 9>watch.in
}
end_watch() {
  # A word, not the end of the pipe: a server that was started in between may hold the other end too.
  echo >&9; exec 9>&-
  if wait "$watcher"; then say "ok: positions: $(tail -1 watch.out)"; else fail "positions: $(tail -3 watch.out)"; fi
}

expect_drained() { # [SECONDS] [BOOK]
  local said
  if said=$(ledger drained "$(database)" "$topic" "${2:-sent}" "${1:-60}"); then say "ok: $said"; else
    fail "$said"
    for said in consumer-*.err; do say "   $said: $(tail -2 "$said")"; done
  fi
}

# Every record of the ledger once, none twice, refusals with the bytes that were sent; the database's own counts in
# balance.
expect_stream_exact() { # [TOPIC OR TOPIC ID] [BOOK] [lost P:FROM-TO…]
  local said status=0
  if said=$(ledger check "$(database)" "${1:-$topic}" "${2:-sent}" "${@:3}"); then say "ok: $said"; \
    else fail "the ledger: $said"; fi
  museum db status --json >status.json 2>status.err || status=$?
  expect "museum db status" "$status" 0
  ((status == 0)) || cat status.json status.err
}

topic_id() { kafka_tool TopicCommand --bootstrap-server "$BOOTSTRAP_SERVERS" --describe --topic "$topic" |
  sed -n 's/.*TopicId: \([^[:space:]]*\).*/\1/p' | head -1; }
group_members() { kafka_tool consumer.group.ConsumerGroupCommand --bootstrap-server "$BOOTSTRAP_SERVERS" --describe \
  --group "$GROUP" --members | grep -c "^$GROUP " || true; }
status_is_green() { museum kafka status --json >kafka-status.json 2>kafka-status.err; }

# PostgreSQL through the proxy that breaks COMMITs; `tell WORD` prints how many it broke so far.
start_proxy() {
  coproc PROXY { "$tools/commit-proxy/commit-proxy" "$(admin_port)"; }
  read -r proxy_port <&"${PROXY[0]}"
  straight_port=$LOCAL_PORT LOCAL_PORT=$proxy_port
}
tell() { local count; echo "$1" >&"${PROXY[1]}"; read -r count <&"${PROXY[0]}"; echo "$count"; }
stop_proxy() { LOCAL_PORT=$straight_port; kill "$PROXY_PID"; wait "$PROXY_PID" 2>/dev/null || true; }
