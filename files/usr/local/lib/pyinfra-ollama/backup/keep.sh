# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the settings, and what ollama-backup shares with this
# Keeping: what belongs to a snapshot, and proof that it is whole although the server goes on.
# Blobs never change under their name (it is their hash) and a manifest is written after its blobs, so a
# snapshot is whole when no manifest changed and no blob went away while it was made.

# A disk that is gone looks like a server that never had a model, and would be kept as such. In the same folder as
# before it was a person who removed them: the server takes an empty folder of manifests away.
present() {
  [ -d "$models_folder" ] || fail 1 "the models folder $models_folder is not there: is its disk mounted?"
  [ ! -d "$models_folder/manifests" ] || return 0
  had=$(grep -c . "$state_folder/kept/digests" 2>/dev/null || true)
  [ "${had:-0}" = 0 ] || grep -qxF "inode=$(stat -c %i "$models_folder")" "$state_folder/kept/host" ||
    fail 1 "the models folder $models_folder has no models, the last backup knew $had: is its disk mounted? If they were removed on purpose: rm $state_folder/kept/digests"
}
listed() { # all manifests; a folder may go away while it is read, but not each time
  for _ in 1 2 3; do
    if (cd "$models_folder" && find manifests -mindepth 4 -maxdepth 4 -type f ! -name '.*') 2>"$scratch/said"; then return 0; fi
  done
  return 1
}
manifests() { # their paths below the models folder, those that are to be kept
  [ "$models" != list ] || return 0
  present
  [ -d "$models_folder/manifests" ] || return 0
  listed >"$scratch/found" || fail 1 "what is below $models_folder/manifests cannot be listed: $(tail -n 1 "$scratch/said")"
  sort -u "$scratch/found" >"$scratch/all"
  if [ "$models" = all ]; then cat "$scratch/all"
  # 1 is nothing found, more is a failure: a list that was cut would leave models out without a word.
  else grep -vxF -e "$pulled" "$scratch/all" || [ $? = 1 ]; fi
}
blobs_of() { # MANIFEST: the file names of its blobs
  grep -oE 'sha256:[0-9a-f]{64}' "$1" | sort -u | tr ':' '-'
}

# Writes $scratch/files, a path a line, and $scratch/marks, by which a change is seen.
gather() {
  left_out=''
  : >"$scratch/files"
  : >"$scratch/marks"
  for path in $paths; do [ ! -e "$path" ] || printf '%s\n' "$path" >>"$scratch/files"; done
  manifests >"$scratch/manifests"
  while IFS= read -r manifest; do
    file=$models_folder/$manifest whole=yes
    # One that went away meanwhile is a change, one that cannot be read is not whole.
    if ! sum=$(sha256sum <"$file" 2>/dev/null); then
      [ ! -e "$file" ] || left_out="$left_out ${manifest#manifests/}"
      continue
    fi
    blobs_of "$file" >"$scratch/blobs" 2>/dev/null || whole=no
    while IFS= read -r blob; do [ -e "$models_folder/blobs/$blob" ] || whole=no; done <"$scratch/blobs"
    if [ "$whole" = no ]; then left_out="$left_out ${manifest#manifests/}"; continue; fi
    printf '%s  %s\n' "${sum%% *}" "$manifest" >>"$scratch/marks"
    sed "s,^,$models_folder/blobs/," "$scratch/blobs" >>"$scratch/files"
    printf '%s\n' "$file" >>"$scratch/files"
  done <"$scratch/manifests"
  sort -u -o "$scratch/files" "$scratch/files"
}

# What a person wants to know of the host, also without any model: a folder that is part of the snapshot.
describe() {
  kept=$state_folder/kept
  rm -rf "$kept.new"
  mkdir -p "$kept.new/modelfiles"
  printf '%s\n' "host=$host" "ollama=$running" "models=$models" "models_folder=$models_folder" \
    "inode=$(stat -c %i "$models_folder" 2>/dev/null)" >"$kept.new/host"
  cp "$scratch/marks" "$kept.new/manifests"
  # Of all models, also of those that are not kept: a digest is what /api/tags gives.
  if [ -d "$models_folder/manifests" ]; then
    (cd "$models_folder" && find manifests -mindepth 4 -maxdepth 4 -type f ! -name '.*' -exec sha256sum {} +) | sort -k 2 >"$kept.new/digests"
  fi
  dpkg-query -W -f '${Package} ${Version}\n' >"$kept.new/packages" 2>/dev/null || true
  if [ -n "$api" ] && OLLAMA_HOST=$api HOME=$scratch timeout 30 ollama list >"$kept.new/models" 2>/dev/null; then
    tail -n +2 "$kept.new/models" | cut -d ' ' -f 1 | while IFS= read -r name; do
      file=$kept.new/modelfiles/$(printf '%s' "$name" | tr '/' '_')
      OLLAMA_HOST=$api HOME=$scratch timeout 30 ollama show --modelfile "$name" >"$file" 2>/dev/null </dev/null || rm -f "$file"
    done
  fi
  rm -rf "$kept"
  mv "$kept.new" "$kept"
}

installed() { # the version that `current` leads to, nothing where there is none
  link=$(readlink "$current" 2>/dev/null) || return 0
  printf '%s' "${link##*/}"
}

keep() {
  running=$(installed)
  rounds=0
  # Restic itself looks for one of the very same files, and reads all anew when a model came or went.
  last=$(of run snapshot)
  status=0
  [ -z "$last" ] || noted_of "$last" || status=$?
  case $status in 15) last='' ;; *) judged "$status" ;; esac
  while :; do
    gather
    cp "$scratch/marks" "$scratch/before"
    cp "$scratch/files" "$scratch/wanted"
    describe
    printf '%s\n' "$kept" >>"$scratch/wanted"
    status=0
    ask backup --json --quiet --host "$host" --tag "$tag" ${running:+--tag "ollama-$running"} \
      ${last:+--parent "$last"} --exclude "$private" --files-from-verbatim "$scratch/wanted" || status=$?
    [ "$status" = 3 ] || judged "$status"
    summary=$(grep -F '"message_type":"summary"' "$scratch/out" | tail -n 1)
    made=$(printf '%s' "$summary" | sed -n 's/.*"snapshot_id":"\([0-9a-f]*\)".*/\1/p')
    [ -n "$made" ] || fail 1 "restic does not say which snapshot it made"
    got=$status unread=''
    [ "$got" = 0 ] || unread=$(grep -oE '"item":"[^"]*"' "$scratch/said" | cut -d '"' -f 4 | sort -u | head -n 3 | tr '\n' ' ')
    gather
    if [ "$got" = 0 ] && cmp -s "$scratch/before" "$scratch/marks"; then break; fi
    rounds=$((rounds + 1))
    # It may lack what was deleted meanwhile, so it is not to be the newest one.
    [ -z "$retention" ] || must forget "$made"
    if [ "$rounds" -ge 3 ]; then
      [ "$got" = 0 ] || fail 1 "some files could not be read, in each of three tries: $unread"
      fail 1 "models changed during each of three tries; the next run tries again"
    fi
    say "models changed meanwhile: once more"
  done
  kept_at=$(date +%s)
  note snapshot "$made"
  note added_bytes "$(printf '%s' "$summary" | sed -n 's/.*"data_added":\([0-9]*\).*/\1/p')"
  note kept_bytes "$(printf '%s' "$summary" | sed -n 's/.*"total_bytes_processed":\([0-9]*\).*/\1/p')"
  note left_out "${left_out# }"
  [ -z "$left_out" ] || say "left out, because blobs of theirs are missing or they cannot be read:$left_out"
  say "kept as snapshot $made"
  # Without, somebody else forgets: this host may only add.
  [ -n "$retention" ] || return 0
  # shellcheck disable=SC2086 # options
  must forget --host "$host" --tag "$tag" --group-by host $retention --prune
}

examine() {
  must check --read-data-subset="$check_percent%"
  say "the repository at $place is whole, by its structure and $check_percent % of its data"
}
