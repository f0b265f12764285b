using Baton.Server.Engines;
using Baton.Server.Engines.Garnet;

namespace Baton.Server.Proxy.Commands;

/// <summary>Says why an engine does not have a command, and what to do about it.</summary>
internal static class MissingCommand
{
    /// <summary><c>ERR XADD: the embedded engine has no streams; use --engine redis</c></summary>
    public static string Describe(string name, EngineCapabilities capabilities) =>
        $"ERR {name.Replace('|', ' ')}: {Why(name, capabilities)}; "
        + (capabilities.Kind == EngineKind.Garnet ? "use --engine redis" : "use a newer server");

    /// <summary>The reason alone: <c>the embedded engine has no streams</c></summary>
    public static string Why(string name, EngineCapabilities capabilities) => capabilities.Kind != EngineKind.Garnet
        ? $"{capabilities.DisplayName} has no {Group(name)}"
        : GarnetFlaws.Wrong.TryGetValue(name, out string? wrong) ? $"the embedded engine {wrong}"
        : name == "SCRIPT|KILL" ? $"the embedded engine ends a script by itself after {GarnetOptions.ScriptLimit.TotalSeconds:0} s (ScriptLimit)"
        : $"the embedded engine has no {Group(name)}";

    private static string Group(string name) => name switch
    {
        _ when name.StartsWith("XINFO", StringComparison.Ordinal) || name.StartsWith("XGROUP", StringComparison.Ordinal) => "streams",
        "XADD" or "XREAD" or "XREADGROUP" or "XLEN" or "XRANGE" or "XREVRANGE" or "XDEL" or "XTRIM" or "XACK" or "XCLAIM" or "XAUTOCLAIM"
            or "XPENDING" or "XSETID" or "XDELEX" or "XACKDEL" => "streams",
        "SORT" or "SORT_RO" => "sorting",
        "EVAL_RO" or "EVALSHA_RO" => "read-only scripts",
        "FCALL" or "FCALL_RO" => "functions",
        "DUMP" or "RESTORE" => "serialized values of every type",
        "WAIT" or "WAITAOF" => "replicas to wait for",
        "SSUBSCRIBE" or "SUNSUBSCRIBE" or "SPUBLISH" => "sharded channels",
        "COPY" or "MOVE" or "TOUCH" or "RANDOMKEY" or "LOLWUT" => name,
        _ when name.StartsWith("FUNCTION", StringComparison.Ordinal) => "functions",
        _ when name.StartsWith("CLIENT|TRACK", StringComparison.Ordinal) || name.StartsWith("CLIENT|CACH", StringComparison.Ordinal)
            || name == "CLIENT|GETREDIR"
            => "client-side caching",
        _ => "such command",
    };
}
