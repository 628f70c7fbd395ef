# Shared by the commands beside it: servers in a temporary directory that are gone at exit.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
war=$top/target/access-tokens.war
[ -f "$war" ] || { echo "build it first: mvn -q -DskipTests package" >&2; exit 1; }
work=$(mktemp -d)
pids=()
app_java=(java -Xmx256m -jar "$war")
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT

need() {
  PATH=$PATH:/usr/sbin
  command -v "$1" >/dev/null || { echo "missing $1: apt-get install $2" >&2; exit 1; }
}

free_port() { java "$top/src/bench/FreePort.java"; }

# Starts MariaDB with settings of a small production server; sets
# $mariadb_socket, $mariadb_port and $mariadb_pid.
start_mariadb() {
  need mariadbd mariadb-server-core
  need mariadb mariadb-client-core
  mariadb_socket=$work/mariadb.sock
  mariadb_port=$(free_port)
  mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$work/mariadb" \
    --auth-root-authentication-method=normal --skip-test-db >/dev/null
  mariadbd --no-defaults --user="$(id -un)" --datadir="$work/mariadb" --socket="$mariadb_socket" \
    --port="$mariadb_port" --bind-address=127.0.0.1 --innodb-buffer-pool-size=2G \
    --innodb-log-file-size=1G --innodb-flush-log-at-trx-commit=1 >"$work/mariadb.log" 2>&1 &
  mariadb_pid=$!
  pids+=("$mariadb_pid")
  for _ in $(seq 100); do sql -e 'select 1' >/dev/null 2>&1 && break; sleep 0.1; done
  sql -e "create user bench@'127.0.0.1' identified by 'bench'; grant all on *.* to bench@'127.0.0.1'"
}

sql() { mariadb --no-defaults --socket="$mariadb_socket" --user=root "$@"; }

# The tables and columns that Generate.java writes.
declare -A generated=(
  [tokens]='service_access_tokens (id, name, description, token_hash, token_prefix, group_entity_ref, scopes,
    created_by, created_at, expires_at, revoked_at, revoked_by, stage, last_used_at)'
  [events]='service_access_token_audit_log (id, token_id, event, actor, metadata, occurred_at, seq, group_entity_ref)'
  [uses]='service_access_token_daily_uses (token_id, used_on, accepted_uses, refused_uses)'
  [callers]='access_token_callers (token_id, secret_number, accepted, address, client, uses, last_used_at)'
)

# fill_mariadb DATABASE TOKENS: fills an empty schema with the rows of Generate.java.
fill_mariadb() {
  local rows load columns
  echo "filling $1 with $2 tokens and $(($2 * 3)) audit events ..." >&2
  for rows in "${!generated[@]}"; do
    columns=${generated[$rows]/token_hash/@hash}
    load="set unique_checks = 0, foreign_key_checks = 0;
      load data local infile '/dev/stdin' into table $columns"
    if [ "$rows" = tokens ]; then load+=" set token_hash = unhex(substr(@hash, 3))"; fi
    java "$top/src/bench/Generate.java" "$rows" "$2" | sql --local-infile=1 "$1" -e "$load"
  done
  sql "$1" -e "do setval(service_access_token_audit_seq, $(($2 * 3))); analyze table service_access_tokens,
    service_access_token_audit_log, service_access_token_daily_uses, access_token_callers" >/dev/null
  requires_rows "$2" "$(sql -N "$1" -e "select count(*) from service_access_tokens")"
  requires_rows "$(($2 * 3))" "$(sql -N "$1" -e "select count(*) from service_access_token_audit_log")"
}

requires_rows() { [ "$1" = "$2" ] || { echo "$2 instead of $1 rows were loaded" >&2; exit 1; }; }

# Prints the directory of the programs of PostgreSQL.
postgres_programs() {
  local bin
  bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1) || true
  [ -n "$bin" ] || { echo "missing initdb: apt-get install postgresql" >&2; exit 1; }
  echo "$bin"
}

# start_postgres [OPTION ...]: starts PostgreSQL with these options; sets $postgres_port and $postgres_pid. Its programs
# do not run as root.
start_postgres() {
  local bin unprivileged=()
  bin=$(postgres_programs)
  if [ "$(id -u)" = 0 ]; then unprivileged=(setpriv --reuid=nobody --regid=nogroup --clear-groups); fi
  postgres_port=$(free_port)
  mkdir -p "$work/postgres" && chmod 711 "$work" && chmod 777 "$work/postgres"
  (cd / && "${unprivileged[@]}" "$bin/initdb" --pgdata="$work/postgres/data" --username=bench --auth=trust \
    --encoding=UTF8 --no-locale >/dev/null)
  (cd / && exec "${unprivileged[@]}" "$bin/postgres" -D "$work/postgres/data" -p "$postgres_port" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories="$work/postgres" -c shared_buffers=512MB \
    -c max_wal_size=4GB "$@") >"$work/postgres.log" 2>&1 &
  postgres_pid=$!
  pids+=("$postgres_pid")
  for _ in $(seq 100); do
    "$bin/psql" -h "$work/postgres" -p "$postgres_port" -U bench -d postgres -c 'select 1' >/dev/null 2>&1 && break
    sleep 0.1
  done
  psql=("$bin/psql" -q -h "$work/postgres" -p "$postgres_port" -U bench -d postgres)
}

# fill_postgres DATABASE TOKENS: as fill_mariadb. Drops the indexes meanwhile, which is faster.
fill_postgres() {
  local rows database=("${psql[@]}" -v ON_ERROR_STOP=1 -d "$1")
  local indexes="from pg_index join pg_class on pg_class.oid = indexrelid where not indisunique and
    indrelid in ('service_access_tokens'::regclass, 'service_access_token_audit_log'::regclass)"
  echo "filling $1 with $2 tokens and $(($2 * 3)) audit events ..." >&2
  "${database[@]}" -At -c "select pg_get_indexdef(indexrelid) || ';' $indexes" > "$work/indexes.sql"
  "${database[@]}" -At -c "select 'drop index ' || relname || ';' $indexes" | "${database[@]}"
  for rows in "${!generated[@]}"; do
    java "$top/src/bench/Generate.java" "$rows" "$2" | "${database[@]}" -c "copy ${generated[$rows]} from stdin"
  done
  { echo "set maintenance_work_mem = '1GB';"; cat "$work/indexes.sql"; echo "vacuum analyze;"; } | "${database[@]}"
  "${database[@]}" -At -c "select setval('service_access_token_audit_seq', $(($2 * 3)))" >/dev/null
}

# The URL of an H2 database in a file, with the settings that determine its schema.
h2_url() { echo "jdbc:h2:file:$1;MODE=MariaDB;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE"; }

# start_app NAME [VARIABLE=VALUE ...] -- [OPTION ...]: sets $app_url and $app_pid. One user can change any number of
# service tokens.
start_app() {
  local name=$1 variables=()
  shift
  while [ "$1" != -- ]; do variables+=("$1"); shift; done
  shift
  : > "$work/$name.out"
  env ACCESSTOKENS_RATELIMITS_SERVICETOKENCHANGESPERMINUTE=0 "${variables[@]}" "${app_java[@]}" --port 0 --data-dir "$work/$name" "$@" \
    >"$work/$name.out" 2>"$work/$name.err" &
  app_pid=$!
  pids+=("$app_pid")
  for _ in $(seq 1200); do
    app_url=$(sed -n 's/.* is ready at \(.*\)\/$/\1/p' "$work/$name.out")
    [ -n "$app_url" ] && return
    kill -0 "$app_pid" 2>/dev/null || break
    sleep 0.1
  done
  cat "$work/$name.err" >&2
  exit 1
}

# start_app_on_mariadb NAME DATABASE [VARIABLE=VALUE ...]
start_app_on_mariadb() {
  sql -e "create database if not exists $2"
  start_app "$1" "${@:3}" ACCESSTOKENS_DATABASE_URL="jdbc:mariadb://127.0.0.1:$mariadb_port/$2" \
    ACCESSTOKENS_DATABASE_USER=bench ACCESSTOKENS_DATABASE_PASSWORD=bench --
}

# start_app_on_postgres NAME DATABASE [VARIABLE=VALUE ...]
start_app_on_postgres() {
  "${psql[@]}" -c "create database $2"
  start_app "$1" "${@:3}" ACCESSTOKENS_DATABASE_URL="jdbc:postgresql://127.0.0.1:$postgres_port/$2" \
    ACCESSTOKENS_DATABASE_USER=bench ACCESSTOKENS_DATABASE_PASSWORD=bench --
}

machine() {
  echo "Machine: $(nproc) cores, $(awk '/MemTotal/ {printf "%.0f GiB", $2/1048576}' /proc/meminfo)," \
    "$(java -version 2>&1 | sed -n '2s/ (build.*//p')," "$(date -u +%F)"
}
