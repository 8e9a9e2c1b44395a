#!/bin/bash
# Builds BoGo, the test runner of BoringSSL, into build/bogo: on Debian 12, as root.
#
# Its sources are those of Debian's package android-platform-external-boringssl. apt-get fetches
# them from the mirror that this machine uses anyway, through a list of its own, so no setting of
# the machine changes. Nothing of them is part of this project.
set -euo pipefail
cd "$(dirname "$0")/../.."

package=android-platform-external-boringssl
version=13.0.0+r24
digest=583b7aeee1fca68b8244d086cea6fca23bd19d517bd63f0b9de714e048f92a7d
target=$PWD/build/bogo

if [[ -x $target/runner && "$(cat "$target/version" 2>/dev/null)" == "$version" ]]; then
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir -p "$work/lists/partial"

export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y --no-install-recommends \
    golang-go golang-golang-x-crypto-dev golang-golang-x-sys-dev xz-utils

# The mirror of Debian's main archive, from the machine's own sources.
apt-get indextargets --format '$(ORIGIN) $(LABEL) $(COMPONENT) $(REPO_URI) $(RELEASE)' \
    'Created-By: Packages' | sort -u | while read -r origin label component uri release; do
    if [[ "$origin $label $component" == "Debian Debian main" ]]; then
        echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $release main"
    fi
done > "$work/sources.list"

private=(-o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=-
    -o Dir::State::Lists="$work/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
apt-get "${private[@]}" update -q
(cd "$work" && apt-get "${private[@]}" source -q --download-only "$package")

archive=$work/${package}_$version.orig.tar.xz
if ! echo "$digest  $archive" | sha256sum --check --quiet; then
    echo "install.sh: this is not $package $version, the one in Debian 12: run it there." >&2
    exit 1
fi

# Go finds packages by their path below GOPATH/src; /usr/share/gocode holds Debian's.
import=$work/go/src/boringssl.googlesource.com/boringssl
mkdir -p "$import" "$target/keys"
tar -xJf "$archive" -C "$import" --strip-components=2 --wildcards \
    '*/src/ssl/test/runner/*' '*/src/util/testresult/*'
(cd "$import/ssl/test/runner" && GO111MODULE=off GOPATH=$work/go:/usr/share/gocode \
    GOCACHE=$work/cache go test -c -o "$target/runner")
cp "$import"/ssl/test/runner/*.pem "$target/keys/"
echo "$version" > "$target/version"
