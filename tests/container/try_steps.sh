#!/usr/bin/env bash
# Tries the Dockerfile's steps in a fresh Debian without Docker: which packages of the system does framejudge need? None but Python.
# Needs root, debootstrap and a mirror of Debian; takes some minutes.
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
root=$(mktemp -d)
chmod 755 "$root" # the user without rights looks into it
trap 'umount -l "$root/proc" 2>/dev/null || true; rm -rf --one-file-system "$root"' EXIT

debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates bookworm "$root" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}"
mount -t proc proc "$root/proc"
# This machine's way to the network: its name servers, its settings of pip, the certificates that it trusts.
for file in /etc/resolv.conf /etc/pip.conf /etc/ssl/certs/ca-certificates.crt; do [ -e "$file" ] && cp -L "$file" "$root$file"; done

git -C "$source" archive HEAD | (mkdir "$root/source" && tar -x -C "$root/source")
inside() { chroot "$root" env -i PATH=/venv/bin:/usr/bin:/usr/sbin:/bin:/sbin HOME=/root "$@"; }
inside python3 -m venv /venv
inside pip wheel --quiet --no-cache-dir --no-deps --wheel-dir /wheels /source
rm -r "$root/source"
inside sh -c 'pip install --quiet --no-cache-dir "framejudge[litert] @ file://$(echo /wheels/framejudge-*.whl)"'
inside useradd --create-home judge
install --directory --mode 1777 "$root/work" "$root/cache"
as_judge() { chroot --userspec=judge "$root" env -i PATH=/venv/bin:/usr/bin:/usr/sbin:/bin:/sbin HOME=/work XDG_CACHE_HOME=/cache MPLCONFIGDIR=/cache/matplotlib sh -c 'cd /work && exec "$@"' sh "$@"; }
as_judge bench doctor
as_judge bench run --detectors canny,cnn-litert --no-timing --out runs/first
test -s "$root/work/runs/first/report.html"
echo "the steps work; packages of the system: $(inside dpkg-query -W -f '${Package}\n' | wc -l), of them installed for framejudge: python3, python3-venv"
