using System.Collections.Concurrent;

namespace Baton.Client.Tests.Kit;

/// <summary>Callers that do INCR, wait for the reply, rest for 10 ms, and so on; and what came of it.</summary>
internal sealed class Load
{
    private readonly RedisClient _client;
    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<Exception> _failures = new();
    private readonly ConcurrentQueue<long> _successes = new();
    private readonly Task[] _callers;
    private volatile bool _isOver;

    public Load(RedisClient client, TimeProvider time, int callers)
    {
        (_client, _time) = (client, time);
        _callers = [.. Enumerable.Range(0, callers).Select(_ => Task.Run(CallAsync))];
    }

    /// <summary>Commands that threw.</summary>
    public IReadOnlyList<Exception> Failures => [.. _failures];

    /// <summary>Commands that were answered.</summary>
    public int Succeeded => _successes.Count;

    /// <summary>True when every caller has stopped.</summary>
    public bool HasEnded => _callers.All(static caller => caller.IsCompleted);

    /// <summary>The longest time in which nobody was answered.</summary>
    public TimeSpan LongestGap
    {
        get
        {
            var moments = _successes.Order().ToArray();
            return moments.Zip(moments.Skip(1), (first, second) => _time.GetElapsedTime(first, second)).DefaultIfEmpty().Max();
        }
    }

    /// <summary>No new commands.</summary>
    public Task StopAsync()
    {
        _isOver = true;
        return Task.WhenAll(_callers);
    }

    private async Task CallAsync()
    {
        while (!_isOver)
        {
            try
            {
                await _client.ExecuteAsync<long>($"INCR {"n"}");
                _successes.Enqueue(_time.GetTimestamp());
            }
            catch (RedisException e)
            {
                _failures.Enqueue(e);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), _time);
        }
    }
}
