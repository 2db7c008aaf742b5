#!/usr/bin/env bash
# lintian.sh FOLDER: Debian's checker finds nothing in the package but what is listed here with its reason.
set -euo pipefail
folder=$1
command -v lintian >/dev/null || { echo "skipped: there is no lintian" && exit 77; }

accepted() {
  sed -E 's/ *#.*//; /^$/d' <<'END'
hardening-no-bindnow             # such flags are the packager's: LDFLAGS and CXXFLAGS, as dpkg-buildflags gives them
hardening-no-fortify-functions   # the same
spelling-error-in-binary         # "mor": four bytes of "more" in an instruction
unpack-message-for-deb-data      # lib/liblockwrap.a is text for the linker, as libc's libm.a is
binary-has-unneeded-section      # .comment names the compiler; CMake's strip leaves it
END
}
found=$(lintian --allow-root --display-info --tag-display-limit 0 "$folder"/liblockwrap-dev_*.deb 2>/dev/null) || true
others=$(grep -vwFf <(accepted) <<<"$found" | grep -E '^[A-Z]: ' || true)
[ -z "$others" ] || { printf 'failed: lintian found\n%s\n' "$others" && exit 1; }

# It does look: a package without its copyright file is refused.
broken=$(mktemp -d)
trap 'rm -rf "$broken"' EXIT
dpkg-deb --raw-extract "$folder"/liblockwrap-dev_*.deb "$broken/deb"
rm "$broken"/deb/usr/share/doc/liblockwrap-dev/copyright
dpkg-deb --root-owner-group --build "$broken/deb" "$broken/liblockwrap-dev.deb" >/dev/null
found=$(lintian --allow-root --check-part debian/copyright "$broken/liblockwrap-dev.deb" 2>/dev/null) || true
[[ $found == *no-copyright-file* ]] || { echo "failed: this check cannot fail" && exit 1; }
