#!/bin/bash
# Builds a wolfSSL that speaks RFC 9973 into build/wolfssl: on Debian, as root. No package has it
# compiled in.
#
# The sources are those of Debian's package wolfssl in sid, whichever version that is by now.
# apt-get fetches them from the mirror that this machine uses anyway, through a list of its own, so
# no setting of the machine changes. Nothing of them is part of this project.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=$PWD/build/wolfssl
if [[ -e $target/libwolfssl.so ]]; then
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir -p "$work/lists/partial" "$work/source" "$work/build"

export DEBIAN_FRONTEND=noninteractive
if ! command -v cmake >/dev/null || ! command -v cc >/dev/null; then
    apt-get update -q
    apt-get install -q -y --no-install-recommends cmake gcc libc6-dev make
fi

apt-get indextargets --format '$(ORIGIN) $(LABEL) $(COMPONENT) $(REPO_URI)' \
    'Created-By: Packages' | sort -u | while read -r origin label component uri; do
    if [[ "$origin $label $component" == "Debian Debian main" ]]; then
        echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri sid main"
    fi
done > "$work/sources.list"

private=(-o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=-
    -o Dir::State::Lists="$work/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
apt-get "${private[@]}" update -q
# Debian's own patches may be gone from a mirror before the list is; they are not needed.
(cd "$work" && apt-get "${private[@]}" source -q --download-only wolfssl) || true
sums=$(apt-cache "${private[@]}" showsrc wolfssl |
    awk '/^[A-Z]/ { sums = /^Checksums-Sha256:/ } sums && /orig\.tar\.[a-z0-9]+$/ { print $1 "  " $3 }')
(cd "$work" && echo "$sums" | sha256sum --check --quiet)

tar -xf "$work/${sums##* }" -C "$work/source" --strip-components=1
(
    cd "$work/build"
    cmake "$work/source" -DBUILD_SHARED_LIBS=ON -DCMAKE_BUILD_TYPE=Release \
        -DWOLFSSL_PSK=yes -DWOLFSSL_CERT_WITH_EXTERN_PSK=yes -DWOLFSSL_SESSION_TICKET=yes \
        -DWOLFSSL_CURVE25519=yes -DWOLFSSL_EXAMPLES=no -DWOLFSSL_CRYPT_TESTS=no
    make -j2 wolfssl
) > "$work/log" 2>&1 || {
    tail -20 "$work/log" >&2
    exit 1
}
mkdir -p "$target"
cp --dereference "$work/build/libwolfssl.so" "$target/libwolfssl.so"
