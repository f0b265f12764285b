namespace Baton.Client;

/// <summary>The server.</summary>
public abstract partial class RedisCommands
{
    /// <summary>PING.</summary>
    public ValueTask<bool> PingAsync(CancellationToken cancellationToken = default) =>
        ReadAsync("PING"u8, ReplyReaders.Ok, cancellationToken);

    /// <summary>ECHO: the same text.</summary>
    public ValueTask<string> EchoAsync(RedisValue message, CancellationToken cancellationToken = default) =>
        ReadAsync("ECHO"u8, ReplyReaders.Text, cancellationToken, message);

    /// <summary>TIME: the server's clock.</summary>
    public ValueTask<DateTimeOffset> TimeAsync(CancellationToken cancellationToken = default) =>
        ReadAsync("TIME"u8, ServerReplies.Time, cancellationToken);

    /// <summary>DBSIZE: how many keys the database has.</summary>
    public ValueTask<long> DbSizeAsync(CancellationToken cancellationToken = default) =>
        ReadAsync("DBSIZE"u8, ReplyReaders.Int64, cancellationToken);

    /// <summary>FLUSHDB: deletes everything in the database.</summary>
    /// <param name="isAsync">Whether memory is given back in the background (ASYNC) or at once (SYNC). Default: in the background.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<bool> FlushDbAsync(bool isAsync = true, CancellationToken cancellationToken = default) =>
        WriteAsync("FLUSHDB"u8, ReplyReaders.Ok, cancellationToken, isAsync ? "ASYNC" : "SYNC");

    /// <summary>FLUSHALL: deletes everything in all databases.</summary>
    /// <param name="isAsync">Whether memory is given back in the background (ASYNC) or at once (SYNC). Default: in the background.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<bool> FlushAllAsync(bool isAsync = true, CancellationToken cancellationToken = default) =>
        WriteAsync("FLUSHALL"u8, ReplyReaders.Ok, cancellationToken, isAsync ? "ASYNC" : "SYNC");

    /// <summary>SWAPDB: two databases change places.</summary>
    public ValueTask<bool> SwapDbAsync(int first, int second, CancellationToken cancellationToken = default) =>
        WriteAsync("SWAPDB"u8, ReplyReaders.Ok, cancellationToken, first, second);

    /// <summary>INFO: names and values of a section; of the default ones when none is named.</summary>
    public ValueTask<Dictionary<string, string>> InfoAsync(string? section = null, CancellationToken cancellationToken = default) =>
        section is null
            ? ReadAsync("INFO"u8, ServerReplies.Info, cancellationToken)
            : ReadAsync("INFO"u8, ServerReplies.Info, cancellationToken, section);

    /// <summary>CONFIG GET: names and values that match the pattern.</summary>
    public ValueTask<Dictionary<string, string>> ConfigGetAsync(string pattern, CancellationToken cancellationToken = default) =>
        ReadAsync("CONFIG"u8, HashReplies<string>.Fields, cancellationToken, "GET", pattern);

    /// <summary>CONFIG SET.</summary>
    public ValueTask<bool> ConfigSetAsync(string name, RedisValue value, CancellationToken cancellationToken = default) =>
        WriteAsync("CONFIG"u8, ReplyReaders.Ok, cancellationToken, "SET", name, value);

    /// <summary>CONFIG RESETSTAT: counters of INFO begin anew.</summary>
    public ValueTask<bool> ConfigResetStatAsync(CancellationToken cancellationToken = default) =>
        WriteAsync("CONFIG"u8, ReplyReaders.Ok, cancellationToken, "RESETSTAT");

    /// <summary>CONFIG REWRITE: writes the configuration as it is to the server's file.</summary>
    public ValueTask<bool> ConfigRewriteAsync(CancellationToken cancellationToken = default) =>
        WriteAsync("CONFIG"u8, ReplyReaders.Ok, cancellationToken, "REWRITE");

    /// <summary>COMMAND COUNT: how many commands the server knows.</summary>
    public ValueTask<long> CommandCountAsync(CancellationToken cancellationToken = default) =>
        ReadAsync("COMMAND"u8, ReplyReaders.Int64, cancellationToken, "COUNT");

    /// <summary>COMMAND LIST: their names.</summary>
    public ValueTask<string[]> CommandListAsync(CancellationToken cancellationToken = default) =>
        ReadAsync("COMMAND"u8, ReplyReaderFor<string>.Array, cancellationToken, "LIST");

    /// <summary>COMMAND INFO: what the server tells of commands, raw; null for one it does not know.</summary>
    public ValueTask<RedisReply[]> CommandInfoAsync(ReadOnlySpan<RedisValue> names, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("COMMAND"u8, CommandTraits.ReadOnly);
        command.AddBytes("INFO"u8);
        command.Add(names);
        return SendAsync(ref command, ReplyReaderFor<RedisReply>.Array, cancellationToken);
    }

    /// <summary>MEMORY USAGE: bytes of a key with its value; null when there is none.</summary>
    /// <param name="key">The key.</param>
    /// <param name="samples">How many elements are looked at; 0 for all. Default: the server's, 5.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<long?> MemoryUsageAsync(RedisKey key, int? samples = null, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("MEMORY"u8, CommandTraits.ReadOnly);
        command.AddBytes("USAGE"u8);
        command.Add(key);
        command.AddIf("SAMPLES"u8, samples);
        return SendAsync(ref command, ReplyReaders.NullableInt64, cancellationToken);
    }

    /// <summary>MEMORY STATS, raw.</summary>
    public ValueTask<Dictionary<string, RedisReply>> MemoryStatsAsync(CancellationToken cancellationToken = default) =>
        ReadAsync("MEMORY"u8, HashReplies<RedisReply>.Fields, cancellationToken, "STATS");

    /// <summary>MEMORY PURGE: gives unused memory back to the system.</summary>
    public ValueTask<bool> MemoryPurgeAsync(CancellationToken cancellationToken = default) =>
        WriteAsync("MEMORY"u8, ReplyReaders.Ok, cancellationToken, "PURGE");

    /// <summary>SLOWLOG GET: the newest entries; -1 for all (Redis 7).</summary>
    public ValueTask<SlowLogEntry[]> SlowLogGetAsync(int count = 10, CancellationToken cancellationToken = default) =>
        ReadAsync("SLOWLOG"u8, ServerReplies.SlowLog, cancellationToken, "GET", count);

    /// <summary>SLOWLOG LEN: how many entries there are.</summary>
    public ValueTask<long> SlowLogLenAsync(CancellationToken cancellationToken = default) =>
        ReadAsync("SLOWLOG"u8, ReplyReaders.Int64, cancellationToken, "LEN");

    /// <summary>SLOWLOG RESET: deletes them.</summary>
    public ValueTask<bool> SlowLogResetAsync(CancellationToken cancellationToken = default) =>
        WriteAsync("SLOWLOG"u8, ReplyReaders.Ok, cancellationToken, "RESET");

    /// <summary>LASTSAVE: when the data was saved last, in whole seconds.</summary>
    public ValueTask<DateTimeOffset> LastSaveAsync(CancellationToken cancellationToken = default) =>
        ReadAsync("LASTSAVE"u8, ServerReplies.UnixSeconds, cancellationToken);

    /// <summary>SAVE: saves, holding up everybody.</summary>
    public ValueTask<bool> SaveAsync(CancellationToken cancellationToken = default) =>
        WriteAsync("SAVE"u8, ReplyReaders.Ok, cancellationToken);

    /// <summary>BGSAVE: begins to save in the background; what the server says to it.</summary>
    public ValueTask<string> BgSaveAsync(CancellationToken cancellationToken = default) =>
        WriteAsync("BGSAVE"u8, ReplyReaders.Text, cancellationToken);

    /// <summary>BGREWRITEAOF: begins to rewrite the log in the background; what the server says to it.</summary>
    public ValueTask<string> BgRewriteAofAsync(CancellationToken cancellationToken = default) =>
        WriteAsync("BGREWRITEAOF"u8, ReplyReaders.Text, cancellationToken);

    /// <summary>ROLE, raw: <c>master</c>, <c>slave</c> or <c>sentinel</c>, and what belongs to it.</summary>
    public ValueTask<RedisReply[]> RoleAsync(CancellationToken cancellationToken = default) =>
        ReadAsync("ROLE"u8, ReplyReaderFor<RedisReply>.Array, cancellationToken);
}
