# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the settings, and what ollama-backup sets before it reads this
# The restic repository: asking it, and what its refusals mean.
# Relied on: the words of restic 0.14 (tried 2026-11), whose every failure ends with 1; the exit codes 10,
# 11 and 12 of 0.17 and later.
export RESTIC_PASSWORD_FILE="$private/password" RESTIC_REPOSITORY_FILE="$private/repository"
export RESTIC_CACHE_DIR="$cache_folder" RESTIC_PROGRESS_FPS=0.016
if [ -r "$private/credentials" ]; then
  # shellcheck source=/dev/null
  . "$private/credentials"
fi

ask() { # ARGUMENTS of restic: its output goes to $scratch/out, its complaints to $scratch/said
  set -- restic --cleanup-cache "$@"
  [ -z "$sftp_command" ] || set -- "$@" -o "sftp.command=$sftp_command"
  [ -z "$authority" ] || set -- "$@" --cacert "$authority"
  refused=''
  while :; do
    status=0
    "$@" >"$scratch/out" 2>"$scratch/said" </dev/null 9>&- || status=$?
    [ "$status" -ne 0 ] || return 0
    kind=$(meaning "$status")
    [ "$kind" = 11 ] || return "$kind"
    now=$(date +%s)
    if [ -z "$refused" ]; then
      refused=$now
    elif [ $((now - refused)) -lt "$lock_seconds" ]; then
      sleep $((lock_seconds < 10 ? lock_seconds : 10))
    else
      return 11
    fi
    # Only of processes that are gone: a host that lost power leaves one. Another host's comes of age meanwhile.
    restic unlock ${sftp_command:+-o "sftp.command=$sftp_command"} ${authority:+--cacert "$authority"} >/dev/null 2>&1 </dev/null 9>&- || true
  done
}

# What restic adds when it could not open a repository, whatever the reason.
asks() { grep -q 'Is there a repository at the following location' "$scratch/said"; }
meaning() { # STATUS of restic: ours
  # 3 is of a backup that could not read some files.
  case $1 in 3 | 10 | 11 | 12) echo "$1"; return ;; esac
  if grep -qE 'wrong password|no key found' "$scratch/said"; then echo 12
  elif grep -qE 'repository is already locked' "$scratch/said"; then echo 11
  elif asks && grep -qE 'no such file|does not exist|[Nn]ot [Ff]ound' "$scratch/said"; then echo 10
  elif asks || grep -qE 'connection refused|no such host|no route to host|timeout|sftp session|network is unreachable|Access Denied|x509|ssh command exited|unexpected HTTP response|server response unexpected' "$scratch/said"; then echo 13
  elif grep -qE 'contains errors|ciphertext verification failed|does not match|does not exist|invalid data|not found in index' "$scratch/said"; then echo 14
  elif grep -qE 'no matching ID|no snapshot|snapshot.*not found|failed to find snapshot' "$scratch/said"; then echo 15
  else echo 1; fi
}

explain() { # KIND: in words, with restic's own
  case $1 in
    10) words="there is no repository at $place: was it moved or deleted? A new one is made by: ollama-backup init" ;;
    11) words="the repository is locked by another process for more than $lock_seconds s" ;;
    12) words="the password is not the repository's" ;;
    13) words="the repository at $place cannot be reached" ;;
    14) words="the repository at $place is damaged" ;;
    15) words="there is no such snapshot" ;;
    *) words="restic failed" ;;
  esac
  # Not the frames of its stack, a word each and what lies below, nor the tries before the last one.
  printf '%s (%s)' "$words" "$(grep -vE '^[^ ]*$|^[[:space:]]|^Is there a repository|^(rest|sftp|s3):|^/|returned error, retrying' "$scratch/said" | tail -n 2 | tr '\n' ' ')"
}

judged() { [ "$1" = 0 ] || fail "$1" "$(explain "$1")"; } # KIND: end with what it means
must() { # ARGUMENTS of restic
  status=0
  ask "$@" || status=$?
  judged "$status"
}

# What is noted of a snapshot: to $scratch/out. The file of a whole name is opened, for minutes when it is
# gone and then in words that are those of damage; all but its last digit are looked up.
noted_of() {
  name=$1
  [ "${#name}" -lt 64 ] || name=${name%?}
  ask cat snapshot "$name" --no-lock
}

# Data is read with a lock, so that no other host's clean-up takes away what is being read. Bringing a host back
# does without where there is none to be had: held by a host that is gone, or on a disk that is full.
lockless=''
reading() { # ARGUMENTS of restic
  status=0
  ask "$@" ${lockless:+"$lockless"} || status=$?
  if [ "$status" != 0 ] && [ "$what$lockless" = restore ] &&
    { [ "$status" = 11 ] || grep -q 'unable to create lock' "$scratch/said"; }; then
    say "it is read without a lock: $(explain "$status")"
    lockless=--no-lock status=0
    ask "$@" ${lockless:+"$lockless"} || status=$?
  fi
  return "$status"
}
must_read() { # ARGUMENTS of restic
  status=0
  reading "$@" || status=$?
  judged "$status"
}

initialise() {
  # Which repository it was, so that one that vanishes later is a failure and not made anew, and by what
  # it was reached: a REST server's login stands in the address that restic is given.
  where=$(printf '%s\n' "$place" | sha256sum)
  known=$(cut -d ' ' -f 1 "$state_folder/repository" 2>/dev/null || true)
  status=0
  ask cat config || status=$?
  # Only a person knows that it is lost for good.
  if [ "$status" = 10 ] && [ "$what" = ensure ] && [ "$known" = "${where%% *}" ]; then fail 10 "$(explain 10)"; fi
  case $status in
    0) say "there is a repository at $place" ;;
    10) must init; say "made a repository at $place" ;;
    *) fail "$status" "$(explain "$status")" ;;
  esac
  by=$(cd "$private" && cat repository password authority.pem credentials known-hosts ssh-key 2>/dev/null | sha256sum)
  # How it went with another one says nothing of this.
  [ "$known" = "${where%% *}" ] || (cd "$state_folder" && rm -f run check rehearse)
  printf '%s %s\n' "${where%% *}" "${by%% *}" >"$state_folder/.repository.new"
  mv -f "$state_folder/.repository.new" "$state_folder/repository"
  figures
}

snapshots() {
  must snapshots --no-lock --json --host "${from:-$host}" --tag "$tag"
  cat "$scratch/out"
}

# Sets `snapshot` to a whole name, `named` if a person gave it, and otherwise `older` to those before it.
chosen() {
  named=$snapshot older=''
  [ "$named" != latest ] || named=''
  if [ -n "$named" ]; then described; return; fi
  must snapshots --no-lock --json --host "${from:-$host}" --tag "$tag"
  # In the order of their times.
  older=$(grep -oE '"id":"[0-9a-f]+"' "$scratch/out" | cut -d '"' -f 4 | tac | tr '\n' ' ')
  [ -n "$older" ] || fail 15 "the repository at $place has no snapshot of ${from:-$host}"
  next_one
}
next_one() {
  snapshot=${older%% *} older=${older#* }
  described
}
described() { # sets `made_by` to the version of Ollama that the snapshot is of
  status=0
  noted_of "$snapshot" || status=$?
  judged "$status"
  made_by=$(grep -oE '"ollama-[^"]+"' "$scratch/out" | head -n 1 | tr -d '"' | sed 's/^ollama-//')
}
