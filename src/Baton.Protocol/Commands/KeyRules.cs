namespace Baton.Protocol.Commands;

/// <summary>Which command follows which <see cref="KeyRule"/>.</summary>
internal static class KeyRules
{
    /// <summary>The rule of a command by its upper-case name.</summary>
    public static KeyRule Of(string name) => name switch
    {
        "ZUNION" or "ZINTER" or "ZDIFF" or "ZINTERCARD" or "SINTERCARD" or "LMPOP" or "ZMPOP" => KeyRule.CountFirst,
        "BLMPOP" or "BZMPOP" => KeyRule.CountSecond,
        "EVAL" or "EVALSHA" or "EVAL_RO" or "EVALSHA_RO" or "FCALL" or "FCALL_RO" => KeyRule.Script,
        "ZUNIONSTORE" or "ZINTERSTORE" or "ZDIFFSTORE" => KeyRule.DestinationAndCount,
        "MSETEX" => KeyRule.CountedPairs,
        "XREAD" or "XREADGROUP" => KeyRule.Streams,
        "SORT" => KeyRule.Sort,
        "GEORADIUS" => KeyRule.GeoRadius,
        "GEORADIUSBYMEMBER" => KeyRule.GeoRadiusByMember,
        "MIGRATE" => KeyRule.Migrate,
        _ => KeyRule.Fixed,
    };
}
