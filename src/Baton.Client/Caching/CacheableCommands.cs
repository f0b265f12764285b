using Baton.Protocol.Commands;
using Baton.Protocol.Resp;

namespace Baton.Client;

/// <summary>
/// Commands whose reply depends on nothing but the values of their keys: not on time (TTL), chance (SRANDMEMBER), a cursor (HSCAN) or keys that are
/// not named (SORT_RO ... BY). A list, so that a command somebody invents is not cached by mistake.
/// </summary>
internal static class CacheableCommands
{
    private const int MostKeys = 64;

    private static readonly HashSet<string> Names =
    [
        "BITCOUNT", "BITFIELD_RO", "BITPOS", "EXISTS", "GEODIST", "GEOHASH", "GEOPOS", "GEORADIUSBYMEMBER_RO", "GEORADIUS_RO", "GEOSEARCH", "GET",
        "GETBIT", "GETRANGE", "HEXISTS", "HGET", "HGETALL", "HKEYS", "HLEN", "HMGET", "HSTRLEN", "HVALS", "LCS", "LINDEX", "LLEN", "LPOS", "LRANGE",
        "MGET", "SCARD", "SDIFF", "SINTER", "SINTERCARD", "SISMEMBER", "SMEMBERS", "SMISMEMBER", "STRLEN", "SUBSTR", "SUNION", "TYPE", "XLEN",
        "XRANGE", "XREVRANGE", "ZCARD", "ZCOUNT", "ZDIFF", "ZINTER", "ZINTERCARD", "ZLEXCOUNT", "ZMSCORE", "ZRANGE", "ZRANGEBYLEX", "ZRANGEBYSCORE",
        "ZRANK", "ZREVRANGE", "ZREVRANGEBYLEX", "ZREVRANGEBYSCORE", "ZREVRANK", "ZSCORE", "ZUNION",
    ];

    /// <summary>The keys a command reads; empty when its reply cannot be kept.</summary>
    public static byte[][] Keys(ReadOnlySpan<byte> frame)
    {
        var request = new RequestScanner();
        if (request.Scan(frame) != ScanStatus.Complete || CommandTable.Redis.Find(request.Argument(frame, 0)) is not { } command
            || !Names.Contains(command.Name))
        {
            return [];
        }

        Span<int> indexes = stackalloc int[MostKeys];
        var count = KeyFinder.Find(command, request, frame, indexes);
        if (count is <= 0 or > MostKeys)
        {
            return [];
        }

        var keys = new byte[count][];
        for (var index = 0; index < count; index++)
        {
            keys[index] = request.Argument(frame, indexes[index]).ToArray();
        }

        return keys;
    }
}
