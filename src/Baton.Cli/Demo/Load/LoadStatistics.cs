using System.Collections.Concurrent;
using HdrHistogram;

namespace Baton.Cli.Demo.Load;

/// <summary>What all clients of the load report to: latencies, failures, notifications, disconnects. Thread-safe.</summary>
internal sealed class LoadStatistics
{
    /// <summary>How many failures are kept in words; more are counted only.</summary>
    public const int TextsKept = 50;

    private const long LongestMicroseconds = 60_000_000;
    private const int SignificantDigits = 3;

    private readonly Recorder _latency =
        HistogramFactory.With64BitBucketSize().WithValuesUpTo(LongestMicroseconds).WithPrecisionOf(SignificantDigits)
            .WithThreadSafeWrites().WithThreadSafeReads().Create();

    private readonly ConcurrentDictionary<string, ClientStatistics> _rows = new();
    private readonly ConcurrentDictionary<string, long> _notifications = new();
    private readonly ConcurrentQueue<string> _texts = new();

    /// <summary>The rows by client.</summary>
    public IReadOnlyList<ClientStatistics> Rows => [.. _rows.Values.OrderBy(row => row.Client, StringComparer.Ordinal)];

    /// <summary>Commands answered, all clients.</summary>
    public long Commands => _rows.Values.Sum(row => row.Commands);

    /// <summary>Commands failed, all clients.</summary>
    public long Failed => _rows.Values.Sum(row => row.Failed);

    /// <summary>Connections closed unannounced, all clients.</summary>
    public long UnannouncedDisconnects => _rows.Values.Sum(row => row.UnannouncedDisconnects);

    /// <summary>Maintenance notifications received, by type, over all connections.</summary>
    public IReadOnlyDictionary<string, long> Notifications => new SortedDictionary<string, long>(_notifications, StringComparer.Ordinal);

    /// <summary>The first failures in words.</summary>
    public IReadOnlyList<string> FailureTexts => [.. _texts];

    /// <summary>The row of a client; made when asked for first.</summary>
    public ClientStatistics Row(string client) => _rows.GetOrAdd(client, static name => new ClientStatistics(name));

    /// <summary>A command was answered after this time.</summary>
    public void Answered(ClientStatistics row, TimeSpan elapsed)
    {
        row.Answered();
        _latency.RecordValue(Math.Clamp((long)elapsed.TotalMicroseconds, 1, LongestMicroseconds));
    }

    /// <summary>Commands ended with an error or without an answer.</summary>
    public void Fail(ClientStatistics row, int count, string text)
    {
        row.Fail(count);
        Note($"{row.Client}: {text}");
    }

    /// <summary>The server closed a connection without having announced it, or too early.</summary>
    public void Disconnected(ClientStatistics row, string text)
    {
        row.Disconnected();
        Note($"{row.Client}: {text}");
    }

    /// <summary>A maintenance notification came.</summary>
    public void Notified(string type) => _notifications.AddOrUpdate(type, 1, static (_, count) => count + 1);

    /// <summary>The latencies in microseconds since the last call.</summary>
    public HistogramBase TakeInterval() => _latency.GetIntervalHistogram();

    /// <summary>An empty histogram to add intervals to.</summary>
    public static HistogramBase NewHistogram() => new LongHistogram(LongestMicroseconds, SignificantDigits);

    private void Note(string text)
    {
        if (_texts.Count < TextsKept)
        {
            _texts.Enqueue(text);
        }
    }
}
