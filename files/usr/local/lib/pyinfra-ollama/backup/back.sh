# shellcheck shell=sh
# shellcheck disable=SC2154 # the settings, and what ollama-backup sets before it reads this
# Bringing back: into the places of a host, or into a scratch folder to see that it can be done.

# Fails unless every blob below $1 (a models folder) is what its name says. Sets `lacking` to what a snapshot
# lacks that models changed under: blobs of a manifest, or a manifest as it was to be kept.
# $2: a models folder that may have blobs as well
proved() {
  wrong='' lacking=''
  for blob in "$1"/blobs/sha256-*; do
    [ -e "$blob" ] || continue
    sum=$(sha256sum <"$blob")
    [ "sha256-${sum%% *}" = "${blob##*/}" ] || wrong="$wrong ${blob##*/}"
  done
  [ -z "$wrong" ] || fail 14 "not what was kept, by their hashes:$wrong"
  : >"$scratch/found"
  [ ! -d "$1/manifests" ] || find "$1/manifests" -type f >"$scratch/found"
  while IFS= read -r manifest; do
    blobs_of "$manifest" >"$scratch/blobs" || true
    while IFS= read -r blob; do
      [ -e "$1/blobs/$blob" ] || [ -e "$2/blobs/$blob" ] || { wrong="$wrong ${manifest#"$1"/manifests/}"; break; }
    done <"$scratch/blobs"
  done <"$scratch/found"
  [ -z "$wrong" ] || lacking="blobs, of:$wrong"
  # Whoever names one takes what there is.
  marks=$room$state_folder/kept/manifests
  if [ "$named$lacking" = '' ] && [ -s "$marks" ] && ! (cd "$1" && sha256sum -c --status "$marks") 2>/dev/null; then
    lacking="manifests that were to be kept"
  fi
}

# Has $1 bring the snapshot into `room` and prove it. One that models changed under stays the newest when this host
# may only add, or the run that made it was killed: then the one before it, and so on.
whole_one() {
  while :; do
    "$1"
    [ -n "$lacking" ] || return 0
    lacks="snapshot $snapshot lacks $lacking; models changed while it was made"
    [ -z "$named" ] || fail 1 "$lacks: name another one of ollama-backup snapshots"
    [ -n "$older" ] || fail 1 "$lacks, and there is none before it: ollama-backup run makes another"
    say "$lacks, so the one before it is taken"
    rm -rf "$room"
    next_one
  done
}

# A folder with room for the snapshot beside $1, which it makes; sets `room`.
# $2: bytes of it that need not be brought back
scratch_beside() {
  # The server's user has to get through.
  (umask 022 && mkdir -p "$1")
  # What a killed one left takes room as well.
  for left in "$1"/.ollama-backup-*; do [ ! -e "$left" ] || rm -rf "$left"; done
  must_read stats --json --mode restore-size "$snapshot"
  needed=$(sed -n 's/.*"total_size":\([0-9]*\).*/\1/p' "$scratch/out")
  needed=$((${needed:-0} - ${2:-0}))
  free=$(($(df -Pk "$1" | awk 'NR == 2 { print $4 }') * 1024))
  [ "$free" -gt "$needed" ] || fail 1 "$1 has $free bytes free, the snapshot takes $needed"
  room=$(mktemp -d "$1/.ollama-backup-XXXXXX")
}

# Sets `folder` to where the models are in the snapshot: another host, or a former declaration, may
# have had them elsewhere.
folder_in_snapshot() {
  folder=''
  status=0
  reading dump "$snapshot" "$state_folder/kept/host" || status=$?
  case $status in
    0) folder=$(sed -n 's/^models_folder=//p' "$scratch/out") ;;
    11 | 13) judged "$status" ;;
  esac
  folder=${folder:-$models_folder}
}

apart() {
  folder_in_snapshot
  scratch_beside "$state_folder"
  must_read restore "$snapshot" --target "$room" --verify
  [ -e "$room$state_folder/kept/manifests" ] || fail 14 "snapshot $snapshot does not say what it is of"
  proved "$room$folder" "$room$folder"
}

rehearse() {
  chosen
  whole_one apart
  note snapshot "$snapshot"
  note brought_bytes "$(du -sb "$room" | cut -f 1)"
  note files "$(find "$room" -type f | wc -l)"
  say "snapshot $snapshot can be brought back"
}

newer() { # A B: whether version A is newer
  [ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | tail -n 1)" = "$1" ]
}

put_back() { # PATH: a file or a folder, whole
  [ -e "$room$1" ] || return 0
  (umask 022 && mkdir -p "${1%/*}")
  rm -rf "$1.new" "$1.old"
  cp -a "$room$1" "$1.new"
  # A folder cannot be renamed over another.
  [ ! -d "$1" ] || mv -T "$1" "$1.old"
  mv -fT "$1.new" "$1"
  rm -rf "$1.old"
  say "put back $1"
}

beside() {
  ours=${version:-$(installed)}
  if [ -n "$made_by" ] && [ -n "$ours" ] && [ "$force" = no ] && newer "$made_by" "$ours"; then
    fail 1 "snapshot $snapshot is of Ollama $made_by, newer than $ours here, which may not read its models: declare version \"$made_by\", or give --force"
  fi
  [ -z "$made_by" ] || say "snapshot $snapshot is of Ollama $made_by"
  folder_in_snapshot
  # Blobs that are there and whole need not come again.
  must_read ls "$snapshot" "$folder/blobs"
  grep -F "$folder/blobs/sha256-" "$scratch/out" >"$scratch/kept" || true
  spared=0
  set --
  while IFS= read -r blob; do
    here=$models_folder/blobs/${blob##*/}
    [ -f "$here" ] || continue
    sum=$(sha256sum <"$here")
    [ "sha256-${sum%% *}" = "${blob##*/}" ] || continue
    set -- "$@" --exclude "$blob"
    spared=$((spared + $(stat -c %s "$here")))
  done <"$scratch/kept"
  # Beside the models, so that they are put in place by renames and take their room once.
  scratch_beside "$models_folder" "$spared"
  must_read restore "$snapshot" --target "$room" "$@"
  proved "$room$folder" "$models_folder"
}

restore() {
  chosen
  if [ -n "$target" ]; then
    mkdir -p "$target"
    must_read restore "$snapshot" --target "$target" --verify
    say "snapshot $snapshot is unpacked in $target"
    return
  fi
  whole_one beside
  # On a bare host there is no user yet, and its number may be another's: the deployment gives it what is its own.
  getent passwd "$owner" >/dev/null || owner=root
  [ ! -d "$room$folder" ] || chown -R -h "$owner:$owner" "$room$folder"
  for path in $identity; do put_back "$path"; done
  # What others may have made use of since.
  for path in $unless_there; do [ -e "$path" ] || put_back "$path"; done
  for path in $identity; do case $path in "$home"/*) [ ! -e "$path" ] || chown -h "$owner:$owner" "$path" ;; esac; done
  count=0
  for blob in "$room$folder"/blobs/sha256-*; do
    [ -e "$blob" ] || continue
    mkdir -p "$models_folder/blobs"
    # A starting server removes blobs that are old and belong to no model yet.
    touch "$blob"
    mv -f "$blob" "$models_folder/blobs/"
  done
  if [ -d "$room$folder/manifests" ]; then
    (cd "$room$folder" && find manifests -type f) >"$scratch/found"
    while IFS= read -r manifest; do
      mkdir -p "$models_folder/${manifest%/*}"
      mv -f "$room$folder/$manifest" "$models_folder/$manifest"
      count=$((count + 1))
    done <"$scratch/found"
  fi
  # Not all that is there: the scratch folder, with the whole snapshot in it, is as well.
  chown -h "$owner:$owner" "$models_folder"
  for path in "$models_folder/blobs" "$models_folder/manifests"; do [ ! -e "$path" ] || chown -R -h "$owner:$owner" "$path"; done
  note snapshot "$snapshot"
  note models "$count"
  note brought_bytes "$needed"
  say "put back $count models of snapshot $snapshot"
}
