using static Baton.Protocol.Commands.CommandFlags;

namespace Baton.Protocol.Commands;

/// <summary>
/// What Microsoft Garnet 2.2.8 has beyond Redis, without its internal CLUSTER subcommands. Its own <c>COMMAND</c> is wrong about several of
/// these (flags missing, arities and keys made up), so here stands what the server was seen to accept and to do.
/// </summary>
internal static class GarnetCommands
{
    /// <summary>Name, arity, flags, first key, last key, step.</summary>
    public static IReadOnlyList<CommandInfo> Rows { get; } =
    [
        new("ASYNC", -1, NoScript | NoMulti, 0, 0, 0),
        new("COMMITAOF", -1, Admin | NoScript | NoMulti, 0, 0, 0),
        new("COSCAN", -3, ReadOnly, 1, 1, 1),
        new("DELIFGREATER", 3, Write, 1, 1, 1),
        new("EXPDELSCAN", -1, Write | Admin | NoScript | NoMulti, 0, 0, 0),
        new("GETIFNOTMATCH", 3, ReadOnly, 1, 1, 1),
        new("GETWITHETAG", 2, ReadOnly, 1, 1, 1),
        new("HCOLLECT", -2, Write | Admin, 1, -1, 1),
        new("MODULE|LOADCS", -3, Admin | NoScript, 0, 0, 0),
        new("REGISTERCS", -5, Admin | NoScript | NoMulti, 0, 0, 0),
        new("RI.CONFIG", 2, ReadOnly, 1, 1, 1),
        new("RI.CREATE", -2, Write | DenyOom, 1, 1, 1),
        new("RI.DEL", 3, Write, 1, 1, 1),
        new("RI.EXISTS", 2, ReadOnly, 1, 1, 1),
        new("RI.GET", 3, ReadOnly, 1, 1, 1),
        new("RI.METRICS", 2, ReadOnly, 1, 1, 1),
        new("RI.RANGE", -4, ReadOnly, 1, 1, 1),
        new("RI.SCAN", -5, ReadOnly, 1, 1, 1),
        new("RI.SET", 4, Write | DenyOom, 1, 1, 1),
        new("RUNTXP", -2, Write | NoScript | NoMulti, 0, 0, 0),
        new("SECONDARYOF", 3, Admin | NoScript, 0, 0, 0),
        new("SETIFGREATER", -4, Write | DenyOom, 1, 1, 1),
        new("SETIFMATCH", -4, Write | DenyOom, 1, 1, 1),
        new("SETWITHETAG", -3, Write | DenyOom, 1, 1, 1),
        new("WATCHMS", -2, NoScript | NoMulti, 1, -1, 1),
        new("WATCHOS", -2, NoScript | NoMulti, 1, -1, 1),
        new("XVCREATE", -4, Write | DenyOom, 1, 1, 1),
        new("XVIMPORT", -3, Write | DenyOom, 1, 1, 1),
        new("ZCOLLECT", -2, Write | Admin, 1, -1, 1),
        new("ZEXPIRE", -6, Write | DenyOom, 1, 1, 1),
        new("ZEXPIREAT", -6, Write | DenyOom, 1, 1, 1),
        new("ZEXPIRETIME", -5, ReadOnly, 1, 1, 1),
        new("ZPERSIST", -5, Write, 1, 1, 1),
        new("ZPEXPIRE", -6, Write | DenyOom, 1, 1, 1),
        new("ZPEXPIREAT", -6, Write | DenyOom, 1, 1, 1),
        new("ZPEXPIRETIME", -5, ReadOnly, 1, 1, 1),
        new("ZPTTL", -5, ReadOnly, 1, 1, 1),
        new("ZTTL", -5, ReadOnly, 1, 1, 1),
    ];
}
