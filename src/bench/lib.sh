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

# Starts MariaDB with settings of a small production server; sets $mariadb_socket and $mariadb_port.
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
  pids+=($!)
  for _ in $(seq 100); do sql -e 'select 1' >/dev/null 2>&1 && break; sleep 0.1; done
  sql -e "create user bench@'127.0.0.1' identified by 'bench'; grant all on *.* to bench@'127.0.0.1'"
}

sql() { mariadb --no-defaults --socket="$mariadb_socket" --user=root "$@"; }

# start_app NAME [VARIABLE=VALUE ...] -- [OPTION ...]: sets $app_url and $app_pid.
start_app() {
  local name=$1 variables=()
  shift
  while [ "$1" != -- ]; do variables+=("$1"); shift; done
  shift
  touch "$work/$name.out"
  env "${variables[@]}" "${app_java[@]}" --port 0 --data-dir "$work/$name" "$@" \
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

# start_app_on_mariadb NAME DATABASE
start_app_on_mariadb() {
  sql -e "create database if not exists $2"
  start_app "$1" ACCESSTOKENS_DATABASE_URL="jdbc:mariadb://127.0.0.1:$mariadb_port/$2" \
    ACCESSTOKENS_DATABASE_USER=bench ACCESSTOKENS_DATABASE_PASSWORD=bench --
}

machine() {
  echo "Machine: $(nproc) cores, $(awk '/MemTotal/ {printf "%.0f GiB", $2/1048576}' /proc/meminfo)," \
    "$(java -version 2>&1 | sed -n '2s/ (build.*//p')," "$(date -u +%F)"
}
