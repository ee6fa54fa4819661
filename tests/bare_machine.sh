#!/usr/bin/env bash
# Runs the README's two commands on a bare Debian 12: python3 with pip, make and git, and nothing else.
#   sudo tests/bare_machine.sh [FOLDER]      FOLDER (default: a new one) must be on a disk with 4 GB free
# The bare machine takes this machine's package settings (apt's sources, pip's and uv's settings, certificates).
set -euo pipefail
project="$(cd "$(dirname "$0")/.." && pwd)"
root="${1:-$(mktemp -d /var/tmp/bare-machine.XXXXXX)}"
[ "$(id -u)" = 0 ] || { echo "needs root, for debootstrap and chroot" >&2; exit 3; }
command -v debootstrap >/dev/null || { echo "debootstrap is missing: apt-get install debootstrap" >&2; exit 3; }

finish() {
  for mount in proc dev/pts dev/shm dev sys; do mountpoint -q "$root/$mount" && umount "$root/$mount"; done
  return 0
}
trap finish EXIT

if [ ! -e "$root/etc/debian_version" ]; then
  mirror="$(sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*\] \)\?\([^ ]*\).*/\2/p' \
    /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -n 1 || true)"  # either file may be missing
  [ -n "$mirror" ] || { echo "no Debian mirror named in apt's sources" >&2; exit 3; }
  debootstrap --variant=minbase --include=python3,python3-pip,make,git,ca-certificates bookworm "$root" "$mirror"
fi
for settings in etc/pip.conf root/.config/pip root/.config/uv etc/uv etc/ssl/certs etc/resolv.conf etc/hosts; do
  [ -e "/$settings" ] || continue
  rm -rf "${root:?}/$settings" # its links would lead out of the folder
  mkdir -p "$root/$(dirname "$settings")"
  cp -rL "/$settings" "$root/$settings"
done
for name in $(env | sed -n 's/^\(PIP_[A-Z_]*\|UV_[A-Z_]*\|SSL_CERT_[A-Z]*\|[A-Za-z]*_[Pp][Rr][Oo][Xx][Yy]\)=.*/\1/p'); do
  printf 'export %s=%q\n' "$name" "${!name}"
done > "$root/root/package-settings"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mkdir -p "$root/dev/shm" && mount -t tmpfs tmpfs "$root/dev/shm" 2>/dev/null || true

rm -rf "$root/srv/wanqi" "$root/srv/source.git" "$root/root/.cache"
git clone --quiet --bare "$project" "$root/srv/source.git"
inside() { chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb bash -euc ". /root/package-settings; cd /srv; $1"; }

inside 'git clone --quiet /srv/source.git wanqi'
echo "== make demo ARGS=--prepare, cold"
time inside 'cd wanqi && make demo ARGS=--prepare'
echo "== make demo ARGS=--prepare, again"
time inside 'cd wanqi && make demo ARGS=--prepare'
echo "== make test"
time inside 'cd wanqi && make test'
echo "== make demo after make test"
time inside 'cd wanqi && make demo ARGS=--prepare'
echo "both commands run on a bare machine"
