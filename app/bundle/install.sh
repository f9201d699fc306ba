#!/bin/sh
# Installs Parlor from this archive into a folder: no network, no root, no compiler. Run it again to repair or upgrade.
#
#   sh install.sh [FOLDER]          (without one: parlor in your home folder)
#
# Models of your own and settings that you changed stay. PYTHON=/path/to/python3 names a Python to use.
set -eu
umask 022

say() { printf '%s\n' "$*"; }
die() { # what is wrong, what mends it
    printf 'install.sh: %s\n  %s\n' "$1" "$2" >&2
    exit 1
}
fact() { sed -n "s/^$1=//p" "$here/bundle.txt"; }

check_archive() {
    [ -f SHA256SUMS ] || die "the archive is not whole: SHA256SUMS is missing" "Copy it again and unpack it again."
    say "Checking $(wc -l <SHA256SUMS) files ..."
    if ! report=$(LC_ALL=C sha256sum --check --strict SHA256SUMS 2>&1); then
        damaged=$(printf '%s\n' "$report" | sed -n 's/: FAILED.*//p')
        die "damaged or missing: ${damaged:-SHA256SUMS}" "Nothing was changed. Copy the archive again and unpack it again."
    fi
    [ "$(wc -l <SHA256SUMS)" = "$(fact files)" ] ||
        die "damaged or missing: SHA256SUMS" "Nothing was changed. Copy the archive again and unpack it again."
}

check_machine() {
    machine=$(uname -m)
    [ "$machine" = "$(fact architecture)" ] ||
        die "this archive is for $(fact architecture), and this machine is $machine" "Make one on a $machine machine."
    glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null | sed 's/glibc //') || true
    oldest=$(printf '%s\n' "$(fact glibc)" "${glibc:-0}" | sort -V | head -n 1)
    [ "$oldest" = "$(fact glibc)" ] ||
        die "glibc $(fact glibc) or later is needed, and this system has ${glibc:-another C library}" \
            "Use a newer system, or make the archive on one as old as this."
    flags=" $(sed -n '/^\(flags\|Features\)[[:space:]]*:/{s/.*: *//p;q;}' /proc/cpuinfo) "
    missing=
    for flag in $(fact cpu); do
        case $flags in *" $flag "*) ;; *) missing="$missing $flag" ;; esac
    done
    [ -z "$missing" ] || if [ "$(fact native)" = yes ]; then
        die "this archive is for another kind of processor; this one lacks$missing" "Make one without --native."
    else
        die "this processor lacks$missing (it is older than 2013, or a virtual machine hides them)" \
            "Use another machine, or show the host's processor to the virtual machine."
    fi
    # Only root has ldconfig on the path everywhere.
    [ "$(fact accel)" != cuda ] || [ -e /usr/lib/wsl/lib/libcuda.so.1 ] ||
        PATH="$PATH:/usr/sbin:/sbin" ldconfig -p 2>/dev/null | grep -q 'libcuda\.so\.1 ' ||
        die "this archive is for an NVIDIA card, and its driver (libcuda.so.1) is not here" \
            "Install NVIDIA's driver, or make a bundle with --accel cpu."
}

find_python() {
    wanted=$(fact python)
    # Its own file, because the one on the path may lie in the .venv that is about to be removed.
    fits='import os, sys, sysconfig, venv
ours = sys.implementation.name == "cpython" and not sysconfig.get_config_var("Py_GIL_DISABLED")
print(os.path.realpath(sys.executable))
sys.exit(not ours or "%d.%d" % sys.version_info[:2] != sys.argv[1])'
    for name in "${PYTHON:-}" "python$wanted" python3 "/usr/bin/python$wanted" "/usr/local/bin/python$wanted"; do
        if python=$("$name" -c "$fits" "$wanted" 2>/dev/null); then
            return
        fi
    done
    has=$(python3 --version 2>/dev/null) || has="missing"
    die "no whole Python $wanted was found, and the archive fits no other (python3 is $has)" \
        "sudo apt install python$wanted (or name one: PYTHON=/path/to/python$wanted sh install.sh)"
}

check_target() {
    [ -n "$target" ] || die "there is no home folder to install into" "Name a folder: sh install.sh FOLDER"
    case $target in /*) ;; *) target=$PWD/$target ;; esac
    if [ -e "$target/.git" ]; then
        die "$target is a checkout of Parlor's source" "Install into another folder: sh install.sh FOLDER"
    elif [ -n "$(ls -A "$target" 2>/dev/null)" ] && [ ! -d "$target/.parlor" ] && ! grep -qs '^name = "parlor"' "$target/pyproject.toml"; then
        die "$target holds something else" "Install into another folder: sh install.sh FOLDER"
    fi
    above=$target
    while [ ! -e "$above" ]; do above=$(dirname "$above"); done
    { [ -d "$above" ] && [ -w "$above" ]; } || die "$above cannot be written" "Install into another folder: sh install.sh FOLDER"
    # A little more: Python keeps what it compiled. What is replaced or there already gives its room.
    needed=$(($(fact packages_mb) * 11 / 10 + $(fact parlor_mb) + 50))
    free=$(($(df -Pk "$above" | awk 'NR == 2 { print $4 }') / 1024))
    for part in .venv models; do
        there=$(du -sm "$target/$part" 2>/dev/null | cut -f 1)
        [ "$part" = .venv ] || [ "${there:-0}" -le "$(fact parlor_mb)" ] || there=$(fact parlor_mb)
        free=$((free + ${there:-0}))
    done
    [ "$free" -ge "$needed" ] || die "$above has $free MB of room, and $needed MB are needed" "Free some, or name another folder."
}

# Settings are people's: one that was changed here stays, and the new one is put beside it.
install_settings() {
    shipped=$target/config/.shipped
    mkdir -p "$target/config" "$target/models"
    chmod 755 "$target/config" "$target/models"
    new=$(mktemp)
    for file in parlor/config/* parlor/models/manifest.toml; do
        [ -f "$file" ] || continue
        name=${file#parlor/}
        sum=$(sha256sum <"$file")
        printf '%s %s\n' "${sum%% *}" "$name" >>"$new"
        mine=$(sha256sum 2>/dev/null <"$target/$name") || mine=
        if [ "$mine" = "$sum" ]; then
            chmod 644 "$target/$name"
        elif [ ! -s "$target/$name" ] || grep -qsFx "${mine%% *} $name" "$shipped"; then
            install -m 644 "$file" "$target/$name"
        elif [ "$name" = config/default.toml ]; then # Parlor does not start without the settings that are new
            cp "$target/$name" "$target/$name.old"
            install -m 644 "$file" "$target/$name"
            say "You had changed $name: yours is $name.old now. Settings of your own belong in another file, for --config."
        elif ! grep -qsFx "${sum%% *} $name" "$shipped"; then
            install -m 644 "$file" "$target/$name.new"
            say "You had changed $name: yours stays, the new one is $name.new."
        fi
    done
    cp "$new" "$shipped"
    rm "$new"
}

install_parlor() {
    say "Installing into $target ..."
    # Made new each time: that repairs it, and nothing of an earlier version stays behind. Its room is counted on.
    # shellcheck disable=SC2086 # one folder at most
    livekit=$(echo "$target"/.venv/lib/*/site-packages/livekit)
    [ -d "$livekit" ] || livekit=
    rm -rf "$target/.venv"
    for path in parlor/*; do
        name=${path#parlor/}
        case $name in config | models) continue ;; esac
        rm -rf "${target:?}/$name"
        cp -R "$path" "$target/$name"
    done
    install_settings
    find parlor/models -type f ! -path parlor/models/manifest.toml | while IFS= read -r file; do
        name=${file#parlor/}
        cmp -s "$file" "$target/$name" && continue
        mkdir -p "$(dirname "$target/$name")"
        cp "$file" "$target/$name.part"
        mv "$target/$name.part" "$target/$name"
    done
    # Readable for the service's user, whatever the umask was under which the archive was unpacked.
    # What is yours in config may hold a token, and stays as it is.
    for path in parlor/*; do
        [ "$path" = parlor/config ] || chmod -R u=rwX,go=rX "$target/${path#parlor/}"
    done
}

install_packages() {
    # pip comes as a wheel, because Debian's Python has none without python3-venv.
    "$python" -m venv --without-pip "$target/.venv"
    bin=$target/.venv/bin
    unset PYTHONPATH PYTHONHOME
    export PIP_CONFIG_FILE=/dev/null PIP_DISABLE_PIP_VERSION_CHECK=1
    pip="--isolated --quiet --no-input install --no-index --no-deps --no-compile"
    # shellcheck disable=SC2046 # no name of a wheel has a space
    set -- $(sed -n 's/^[0-9a-f]*  \(wheels\/.*\.whl\)$/\1/p' SHA256SUMS)
    # shellcheck disable=SC2086 # words on purpose
    PYTHONPATH=$here/$(sed -n 's/^[0-9a-f]*  \(wheels\/pip-.*\.whl\)$/\1/p' SHA256SUMS) "$bin/python" -m pip $pip "$@"
    # shellcheck disable=SC2086
    PYTHONWARNINGS=ignore "$bin/python" -m pip $pip --no-build-isolation --editable "$target"
    # Compiles what a start needs (all of torch and its like would take half a minute and is never imported).
    "$bin/python" -c 'import app.compose' || die "the engines do not load on this machine" "Report this with the lines above."
    cp parlor-install.json "$target/.venv/"
    portable=1
    [ "$(fact native)" = no ] || portable=
    # What the Makefile asks for, so that `make run` has nothing to fetch.
    fact accel >"$target/.venv/accel"
    echo "$portable" >"$target/.venv/portable"
    touch "$target/.venv/.run-$(fact accel)${portable:+-portable}"
    "$bin/python" -m app.bundle.adopt lock.json
    sync # kiosks are switched off at the plug
}

report() {
    set --
    [ -z "$(fact profile)" ] || set -- --config "$(fact profile)"
    say ""
    "$bin/parlor" doctor --no-self-test "$@" || say "Mend what is marked as an error above, then start."
    say ""
    say "Parlor $(fact version) is installed. Start it, then open the address that it names:"
    say "  $bin/parlor serve${*:+ $*}"
    [ -z "$livekit" ] || say "The echo canceller (livekit) was removed with what was there before: install it again."
    if systemctl is-active --quiet parlor 2>/dev/null; then
        say "The service still runs what was there before: sudo systemctl daemon-reload && sudo systemctl restart parlor"
    fi
}

main() {
    case ${1:-} in -*) die "$1 is no folder" "Usage: sh install.sh [FOLDER]" ;; esac
    target=${1:-${HOME:+$HOME/parlor}}
    case $target in "" | /*) ;; *) target=$PWD/$target ;; esac
    here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
    cd "$here"
    check_archive
    check_machine
    find_python
    check_target
    mkdir -p "$target/.parlor" # a folder has nothing to lose in a power cut: the next run knows what this is
    trap '[ $? = 0 ] || say "The installation is not finished. Mend what is said above and run install.sh again." >&2' EXIT
    install_parlor
    install_packages
    report
}

main "$@"
