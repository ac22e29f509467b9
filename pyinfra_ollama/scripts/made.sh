# What is about to be made on a host that was not there, a line a thing, for `pyinfra-ollama uninstall`, which
# takes away what is noted and nothing else. Stands before each script that notes something.
made() { # WORDS
  (umask 077 && mkdir -p /var/lib/pyinfra-ollama)
  grep -qxF -e "$*" /var/lib/pyinfra-ollama/made 2>/dev/null || printf '%s\n' "$*" >>/var/lib/pyinfra-ollama/made
}
unmade() { # WORDS: it is gone again, and what comes there next is somebody else's
  file=/var/lib/pyinfra-ollama/made
  ! grep -qxF -e "$*" "$file" 2>/dev/null || { grep -vxF -e "$*" "$file" >"$file.new" || true; mv -f "$file.new" "$file"; }
}
# How a unit of somebody else's was when it was first touched: it becomes so again.
was() { # UNIT
  grep -q -e "^unit $1 " /var/lib/pyinfra-ollama/made 2>/dev/null ||
    made unit "$1" "$(systemctl is-enabled "$1" 2>/dev/null || true)" "$(systemctl is-active "$1" 2>/dev/null || true)"
}
made_folders() { # PATH: it and those above it that are not there
  [ -z "$1" ] || [ -d "$1" ] || { made_folders "${1%/*}"; made folder "$1"; }
}
