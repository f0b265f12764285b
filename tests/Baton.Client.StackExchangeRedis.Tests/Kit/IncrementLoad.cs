using Baton.TestKit;
using StackExchange.Redis;

namespace Baton.Client.StackExchangeRedis.Tests.Kit;

/// <summary>Callers that count up, each awaiting its reply. What was acknowledged is compared with what the server has executed.</summary>
internal sealed class IncrementLoad
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);
    private readonly IDatabase _database;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _callers;
    private long _acknowledged;
    private long _failed;

    public IncrementLoad(IDatabase database, int callers = 20)
    {
        _database = database;
        _callers = [.. Enumerable.Range(0, callers).Select(_ => Task.Run(CallAsync))];
    }

    /// <summary>What went wrong, the first of it.</summary>
    public string? Error { get; private set; }

    public long Failed => Interlocked.Read(ref _failed);

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Waits for more acknowledged calls.</summary>
    public async Task MoreAsync(int count)
    {
        var before = Acknowledged;
        await Eventually.TrueAsync(() => Acknowledged >= before + count, EndLimit, $"{count} more calls", () => $"{Failed} failed, first: {Error}");
    }

    /// <summary>Ends, and gives what the server counted.</summary>
    public async Task<long> StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_callers).Within(EndLimit);
        return (long)await _database.StringGetAsync("load:counter");
    }

    private async Task CallAsync()
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _database.StringIncrementAsync("load:counter");
                Interlocked.Increment(ref _acknowledged);
            }
            catch (Exception error) when (error is StackExchange.Redis.RedisException or TimeoutException)
            {
                Error ??= error.Message;
                Interlocked.Increment(ref _failed);
            }

            await pace.WaitForNextTickAsync();
        }
    }
}
