# Install one release beside the others: fetch, verify, unpack, try, rename. Never touches
# what runs; whatever goes wrong, nothing of it stays.
# $1 version   $2 paths left out, space separated   $3 notes, "key=value" space separated
# then archives, one an argument: "URL|SHA256|SUMS_URL", or "/uploaded/file|SHA256|", which
# is removed however this ends. An HTTPS proxy may come on standard input, for it may hold a password.
set -eu
umask 022
export LC_ALL=C
releases=/opt/ollama/releases
version=$1 exclude=$2 notes=$3
shift 3

IFS= read -r https_proxy || true
[ -z "$https_proxy" ] || export https_proxy

say() { printf 'ollama %s: %s\n' "$version" "$*"; }
room() { printf '%s MiB are free there' "$(df -Pk "$releases" | awk 'END { print int($4 / 1024) }')"; }
fail() { printf 'ollama %s was not installed: %s\n' "$version" "$*" >&2; exit 1; }

uploaded=$(for archive; do case $archive in /*) printf '%s\n' "${archive%%|*}" ;; esac; done)
stage=/nonexistent child=
clean() {
  [ -z "$child" ] || kill "$child" 2>/dev/null || true
  rm -rf "$stage"
  printf '%s\n' "$uploaded" | while IFS= read -r file; do rm -f "$file"; done
}
trap clean EXIT
trap 'exit 130' HUP INT TERM PIPE

mkdir -p "$releases"
exec 9>"$releases/.lock"
flock -w 30 9 || fail "another installation holds $releases/.lock; wait for it to end"
# Killed between its two last renames, an earlier run left the old folder aside.
if [ ! -e "$releases/$version" ] && [ -e "$releases/.replaced-$version" ]; then
  mv "$releases/.replaced-$version" "$releases/$version"
fi
# Whatever a killed run left goes: but for the lock, only this run's own has such a name.
for left in "$releases"/.[!.]*; do
  case $left in */.lock) continue ;; esac
  printf '%s\n' "$uploaded" | grep -qxF -- "$left" || rm -rf -- "$left"
done
stage=$(mktemp -d "$releases/.staging-XXXXXX")
chmod 711 "$stage"

# The lines double as a sign of life: writing to a cut connection ends this script.
fetch() { # URL FILE
  curl -fsSL --retry 3 --retry-delay 1 --retry-all-errors --connect-timeout 15 \
    --speed-limit 1024 --speed-time 60 -o "$2" "$1" 2>"$stage/curl.err" 9>&- </dev/null >/dev/null &
  child=$! rounds=0
  while kill -0 "$child" 2>/dev/null; do
    sleep 0.1; rounds=$((rounds + 1))
    [ $((rounds % 50)) -ne 0 ] || say "fetched $(($(stat -c %s "$2" 2>/dev/null || echo 0) / 1048576)) MiB"
  done
  if wait "$child"; then child=; else
    child=
    fail "$1 could not be fetched: $(tail -n 1 "$stage/curl.err"); $(room)"
  fi
}

mkdir "$stage/tree"
for archive; do
  source=${archive%%|*} rest=${archive#*|}
  sha256=${rest%%|*} sums=${rest#*|}
  name=${source##*/}
  case $source in
    /*) file=$source ;;
    *)
      file=$stage/archive
      if [ -z "$sha256" ]; then
        fetch "$sums" "$stage/sums"
        sha256=$(awk -v name="$name" '{ f = $2; sub(/^\*/, "", f); sub(/^\.\//, "", f); if (f == name) print tolower($1) }' "$stage/sums")
        [ -n "$sha256" ] || fail "$sums does not list $name; pin its hash in release.sha256"
      fi
      say "fetching $source"
      fetch "$source" "$file" ;;
  esac
  found=$(sha256sum "$file" | cut -d ' ' -f 1)
  [ "$found" = "$sha256" ] ||
    fail "$source has the SHA-256 $found, expected $sha256; nothing was unpacked. Check release.sha256 or the mirror"
  say "verified $name, unpacking"
  set -f
  # shellcheck disable=SC2046 # one option a word
  tar -I zstd -xf "$file" -C "$stage/tree" --no-same-owner --no-same-permissions \
    $(for path in $exclude; do printf -- '--exclude=%s --exclude=./%s ' "$path" "$path"; done) ||
    fail "$name could not be unpacked into $releases; $(room)"
  set +f
  rm -f "$file"
done

odd=$(find "$stage/tree" ! -type f ! -type d ! -type l -print -quit)
[ -z "$odd" ] || fail "the archive holds a $(stat -c %F "$odd"), ${odd#"$stage/tree/"}; a release has files, folders and links"
chmod -R go-w,a+rX,a-s,-t "$stage/tree"
[ -f "$stage/tree/bin/ollama" ] && [ -x "$stage/tree/bin/ollama" ] || fail "the archive holds no bin/ollama"
# As the service's user: what was just fetched is not root's to run.
printed=$(HOME=/nonexistent OLLAMA_HOST=127.0.0.1:9 timeout 20 setpriv --reuid=ollama --regid=ollama \
  --clear-groups --no-new-privs "$stage/tree/bin/ollama" --version 2>&1 </dev/null) ||
  fail "its program does not run on this $(uname -m): $(printf '%s' "$printed" | tail -n 1)"
case $printed in
  *"version is $version") ;;
  *) fail "its program calls itself '$(printf '%s' "$printed" | tail -n 1)'" ;;
esac

printf '%s\n' "$notes" | tr ' ' '\n' >"$stage/tree/.pyinfra-ollama"
sync -f "$stage/tree"
if [ -e "$releases/$version" ]; then mv "$releases/$version" "$releases/.replaced-$version"; fi
mv "$stage/tree" "$releases/$version"
rm -rf "$releases/.replaced-$version"
# A first installation has nothing running that a link could break.
[ -e /opt/ollama/current ] || ln -sfn "releases/$version" /opt/ollama/current
say "installed"
