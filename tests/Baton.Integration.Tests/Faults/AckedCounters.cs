using Baton.TestKit;
using Baton.TestKit.Resp;

namespace Baton.Integration.Tests.Faults;

/// <summary>
/// Connections that count up keys of their own and remember what was acknowledged. When a connection breaks, its last command is unknown:
/// the key must then hold at least what was acknowledged and at most one more.
/// </summary>
internal sealed class AckedCounters : IAsyncDisposable
{
    private const int Count = 6;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(2);
    private readonly List<RawConnection> _connections = [];
    private readonly long[] _acked = new long[Count];
    private readonly string?[] _broken = new string?[Count];
    private readonly bool[] _unknown = new bool[Count];
    private readonly string _prefix;
    private readonly bool _mayLoseReplies;
    private int _lostReplies;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _work = [];

    private AckedCounters(string prefix, bool mayLoseReplies) => (_prefix, _mayLoseReplies) = (prefix, mayLoseReplies);

    /// <summary>Commands answered with an error that says whether they were executed: unknown, or not.</summary>
    public int LostReplies => Volatile.Read(ref _lostReplies);

    /// <summary>How the first broken connection ended; null while all work.</summary>
    public string? Broken => _broken.FirstOrDefault(text => text is not null);

    /// <summary>Acknowledged increments of all connections.</summary>
    public long Acked => _acked.Sum();

    /// <param name="mayLoseReplies">
    /// The engine may die: an error that says that a command's outcome is unknown, or that it was not executed, is an honest answer. The
    /// count must go on from what was acknowledged, plus one where it is unknown.
    /// </param>
    public static async Task<AckedCounters> StartAsync(string host, int port, string prefix, bool mayLoseReplies = false)
    {
        var counters = new AckedCounters(prefix, mayLoseReplies);
        for (var i = 0; i < Count; i++)
        {
            counters._connections.Add(await RawConnection.ConnectAsync(host, port));
            var index = i;
            counters._work.Add(Task.Run(() => counters.CountUpAsync(index)));
        }

        await Eventually.TrueAsync(() => counters.Acked > 50 || counters.Broken is not null, RawConnection.Limit, "first increments");
        return counters;
    }

    /// <summary>Waits until more was acknowledged: the clients are served.</summary>
    public async Task GoOnAsync(TimeSpan limit)
    {
        var before = _acked.ToArray();
        await Eventually.TrueAsync(
            () => Broken is not null || _acked.Zip(before).All(pair => pair.First > pair.Second + 5), limit, "every counter to go on", () =>
                $"acked {string.Join(' ', _acked)}");
        if (Broken is { } text)
        {
            throw new InvalidOperationException(text);
        }
    }

    /// <summary>Stops counting.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_work).Within(RawConnection.Limit);
    }

    /// <summary>Reads everything back; returns what does not fit, empty when all does.</summary>
    public async Task<IReadOnlyList<string>> DifferencesAsync(string host, int port)
    {
        await using var reader = await RawConnection.ConnectAsync(host, port);
        var differences = new List<string>();
        for (var i = 0; i < Count; i++)
        {
            var reply = await reader.CallAsync("GET", Key(i));
            var value = reply.IsNull ? 0 : reply.Integer;
            var most = _broken[i] is null && !_unknown[i] ? _acked[i] : _acked[i] + 1;
            if (value < _acked[i] || value > most)
            {
                differences.Add($"{Key(i)}: acknowledged {_acked[i]}, {(_broken[i] is null ? "" : "one unknown, ")}there is {value}");
            }
        }

        return differences;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }

        await Task.WhenAll(_work).Within(RawConnection.Limit);
        _stop.Dispose();
    }

    private string Key(int index) => $"{_prefix}:{index}";

    // One unknown at a time: with a second one nobody could tell what to expect.
    private bool IsHonest(int index, string error)
    {
        if (error.EndsWith("whether the command was executed is unknown", StringComparison.Ordinal) && !_unknown[index])
        {
            return _unknown[index] = true;
        }

        return error.EndsWith("the command was not executed", StringComparison.Ordinal);
    }

    private async Task CountUpAsync(int index)
    {
        using var pace = new PeriodicTimer(Pace);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var reply = await _connections[index].CallAsync("INCR", Key(index));
                if (_mayLoseReplies && reply.IsError && IsHonest(index, reply.Text!))
                {
                    Interlocked.Increment(ref _lostReplies);
                    await pace.WaitForNextTickAsync();
                    continue;
                }

                var late = _unknown[index] && reply.Kind == ':' && reply.Integer == _acked[index] + 2;
                if (reply.Kind != ':' || (reply.Integer != _acked[index] + 1 && !late))
                {
                    _broken[index] = $"{Key(index)}: {reply} after {_acked[index]}";
                    return;
                }

                (_acked[index], _unknown[index]) = (reply.Integer, false);
                await pace.WaitForNextTickAsync();
            }
            catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException or TimeoutException)
            {
                _broken[index] = $"{Key(index)}: {error.Message} after {_acked[index]}";
                return;
            }
        }
    }
}
