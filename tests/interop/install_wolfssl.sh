#!/bin/bash
# Builds a wolfSSL that speaks RFC 9973 into build/wolfssl: on Debian, as root. No package has it
# compiled in.
#
# Its sources are the archive that Debian's package wolfssl is made from, and are fetched from the
# mirror that this machine uses anyway; no setting of the machine changes, and nothing of them is
# part of this project. First the one is asked for that is pinned here. Debian serves a file only
# while one of its distributions uses it, and only sid, which changes by the day, has a wolfSSL
# that is new enough (5.9.2). So if the pinned one is gone, the one that sid's signed list names is
# taken. A source that lasts there is none: Debian's stable releases have 5.7.2 and older, the
# packages wolfssl and wolfcrypt on PyPI clone a Git repository when they are built, and npm has
# none.
#
# Exit code 3: neither file is to be had. Every other failure is a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."

version=5.9.2
digest=2f4ef3d4fd387a9b3191d36a6316d69116c46ff69bb9583b6c82b36d7b8ca114
target=$PWD/build/wolfssl
if [[ -e $target/libwolfssl.so ]]; then
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir -p "$work/lists/partial" "$work/source" "$work/build"
archive=$work/wolfssl.orig.tar.gz

export DEBIAN_FRONTEND=noninteractive
if ! command -v cmake >/dev/null || ! command -v cc >/dev/null; then
    apt-get update -q
    apt-get install -q -y --no-install-recommends cmake gcc libc6-dev make
fi

# Where this machine gets Debian's main archive from.
mapfile -t mirrors < <(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(COMPONENT) $(REPO_URI)' \
    'Created-By: Packages' | sort -u | sed -n 's/^Debian Debian main //p')

# Fetch a file of the mirror's pool: its path, the SHA-256 that it must have. False if it is gone.
fetch() {
    for mirror in "${mirrors[@]}"; do
        if /usr/lib/apt/apt-helper download-file "$mirror$1" "$archive" "SHA256:$2" \
            > "$work/fetched" 2>&1; then
            return
        fi
        if ! grep -q ' 404 ' "$work/fetched"; then
            cat "$work/fetched" >&2
            exit 1
        fi
    done
    return 1
}

# What sid's list names: directory, version, digest, of the newest.
listed() {
    for mirror in "${mirrors[@]}"; do
        echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main"
    done > "$work/sources.list"
    private=(-o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=-
        -o Dir::State::Lists="$work/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
    apt-get "${private[@]}" -o Acquire::Retries=3 update -q >&2
    apt-cache "${private[@]}" showsrc --only-source wolfssl | awk '
        /^[A-Z]/ { sums = /^Checksums-Sha256:/ }
        /^Directory:/ { directory = $2 }
        sums && /orig\.tar\.gz$/ { digest = $1; file = $3 }
        END { if (file) print directory "/" file, digest }'
}

if ((${#mirrors[@]} == 0)); then
    echo "install_wolfssl.sh: this machine takes its packages from elsewhere than Debian" >&2
    exit 3
fi
if ! fetch "pool/main/w/wolfssl/wolfssl_$version.orig.tar.gz" "$digest"; then
    read -r path digest < <(listed) || path=
    if [[ -z $path ]] || ! fetch "$path" "$digest"; then
        echo "install_wolfssl.sh: Debian has wolfSSL $version no more, nor what its list names" \
            "instead (${path:-nothing}): there is no wolfSSL with RFC 9973 to be had" >&2
        exit 3
    fi
fi

tar -xf "$archive" -C "$work/source" --strip-components=1
(
    cd "$work/build"
    # For a handful of handshakes, so it is built quickly and not for speed.
    cmake "$work/source" -DBUILD_SHARED_LIBS=ON -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS=-O0 \
        -DWOLFSSL_PSK=yes -DWOLFSSL_CERT_WITH_EXTERN_PSK=yes -DWOLFSSL_SESSION_TICKET=yes \
        -DWOLFSSL_CURVE25519=yes -DWOLFSSL_EXAMPLES=no -DWOLFSSL_CRYPT_TESTS=no
    make -j2 wolfssl
) > "$work/log" 2>&1 || {
    tail -20 "$work/log" >&2
    exit 1
}
mkdir -p "$target"
cp --dereference "$work/build/libwolfssl.so" "$target/libwolfssl.so"
