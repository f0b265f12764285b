using System.Globalization;
using Baton.Server.Engines.Wire;
using Garnet.common;

namespace Baton.Server.Engines.Garnet;

/// <summary>How many keys a Garnet instance holds, and in how many bytes. Thread-safe.</summary>
/// <remarks>
/// Garnet's log keeps replaced and deleted records, so its length says what was written, not what is held: a queue that is always nearly
/// empty would look full after a while. Up to half of the limit the length is good enough (it is never too low). Above, live keys are
/// counted and multiplied with the mean size of a sample taken evenly over the log. Counting walks the whole log (a third of a second per
/// million keys, much more where it has to come from a busy disk), and goes on in the engine when nobody waits for it any more. So an answer is
/// reused in proportion to what it cost, and after a failure as long passes.
/// </remarks>
internal sealed class GarnetUsage(long limit, GarnetInstance instance, EngineControl control, TimeProvider time)
    : IDisposable
{
    private const int Windows = 8;
    private const int KeysPerWindow = 64;

    // At most a fortieth of one core goes into counting.
    private const int ReuseFactor = 40;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private (long Keys, long Bytes)? _answer;
    private string _failure = "";
    private long _endedAt;
    private TimeSpan _reuseFor = TimeSpan.Zero;
    private long _limit = limit;

    /// <summary>The instance's memory limit; 0 = none.</summary>
    public long Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>Keys of all numbered databases and the bytes they take; the last answer known when the engine gave none since.</summary>
    /// <exception cref="EngineException">The engine does not answer, or never has and is not asked again yet.</exception>
    public async Task<(long Keys, long Bytes)> ReadAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_reuseFor == TimeSpan.Zero || time.GetElapsedTime(_endedAt) > _reuseFor)
            {
                await AskAsync(cancellationToken).ConfigureAwait(false);
            }

            return _answer ?? throw new EngineException(_failure);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        long startedAt = time.GetTimestamp();
        try
        {
            _answer = await CountAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EngineException failed)
        {
            _failure = failed.Message;
            throw;
        }
        finally
        {
            _endedAt = time.GetTimestamp();
            _reuseFor = ReuseFactor * time.GetElapsedTime(startedAt, _endedAt);
        }
    }

    private async Task<(long Keys, long Bytes)> CountAsync(CancellationToken cancellationToken)
    {
        RespReply[] replies = await control.SendAsync(new RespBatch().Add("INFO", "keyspace"), cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<int, long> keys = new InfoReply(replies).KeysByDatabase();
        LogExtent[] logs = [.. keys.Keys.Append(0).Distinct().Select(ReadLog)];
        long bytes = logs.Sum(log => log.Bytes);
        if (Limit is > 0 and var most && bytes > most / 2)
        {
            bytes = 0;
            foreach (LogExtent log in logs)
            {
                double mean = await MeanKeyBytesAsync(log, cancellationToken).ConfigureAwait(false);
                bytes += Math.Min(log.Bytes, (long)(keys.GetValueOrDefault(log.Database) * mean));
            }
        }

        return (keys.Values.Sum(), bytes);
    }

    private LogExtent ReadLog(int database)
    {
        IReadOnlyDictionary<string, string> store = instance.Metrics(InfoMetricsType.STORE, database);
        return new LogExtent(
            database, Number(store, "Log.BeginAddress"), Number(store, "Log.TailAddress"), Number(store, "Log.CurrentHeapSizeBytes"));
    }

    // A SCAN cursor is an address in the log; Garnet goes on from the next record, wherever it points.
    private async Task<double> MeanKeyBytesAsync(LogExtent log, CancellationToken cancellationToken)
    {
        await using RespConnection connection = await control.ConnectAsync(cancellationToken).ConfigureAwait(false);
        string number = log.Database.ToString(CultureInfo.InvariantCulture);
        await connection.DemandAsync(["SELECT", number], cancellationToken).ConfigureAwait(false);
        RespBatch scans = new();
        for (int window = 0; window < Windows; window++)
        {
            long address = log.Begin + ((log.Tail - log.Begin) / Windows * window);
            scans.Command("SCAN", 3).Argument(address).Argument("COUNT").Argument(KeysPerWindow);
        }

        RespBatch sizes = new();
        foreach (RespReply page in await connection.SendAsync(scans, cancellationToken).ConfigureAwait(false))
        {
            foreach (RespReply key in page.Items is [_, { Items: { } found }] ? found : [])
            {
                sizes.Command("MEMORY", 2).Argument("USAGE").Argument(key.Bytes);
            }
        }

        long[] known =
        [
            .. (await connection.SendAsync(sizes, cancellationToken).ConfigureAwait(false))
                .Select(reply => reply.Integer ?? 0).Where(size => size > 0),
        ];
        return known.Length == 0 ? 0 : known.Average();
    }

    private static long Number(IReadOnlyDictionary<string, string> fields, string name) =>
        fields.TryGetValue(name, out string? text)
        && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long value)
            ? value
            : 0;

    private readonly record struct LogExtent(int Database, long Begin, long Tail, long HeapBytes)
    {
        public long Bytes => Tail - Begin + HeapBytes;
    }
}
