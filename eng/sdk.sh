# Finds the .NET 10 SDK; sourced by ./baton and ./test. Sets DOTNET, and DOTNET_ROOT for the programs it builds.

find_sdk() {
    local candidate
    for candidate in "$(command -v dotnet || true)" "${DOTNET_ROOT:-}/dotnet" "$HOME/.dotnet/dotnet" /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet; do
        if [[ -x "$candidate" ]] && "$candidate" --list-sdks 2>/dev/null | grep -q '^10\.'; then
            DOTNET="$candidate"
            DOTNET_ROOT="$(dirname "$(readlink -f "$candidate")")"
            export DOTNET_ROOT DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
            return 0
        fi
    done
    cat >&2 <<'TEXT'
Baton needs the .NET 10 SDK, which was not found. One way to get it, for this user only:
    curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0
It is then found in ~/.dotnet. Packages for Debian and Ubuntu: https://learn.microsoft.com/dotnet/core/install/linux
TEXT
    return 1
}
