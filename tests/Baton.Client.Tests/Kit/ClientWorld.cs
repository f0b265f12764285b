using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Baton.Client.Tests.Kit;

/// <summary>
/// A client, three places that serve one database, and a network and a clock that obey the test. Time passes only in <see cref="PassAsync"/> and
/// what calls it.
/// </summary>
internal sealed class ClientWorld : IAsyncDisposable
{
    /// <summary>The client's heartbeat, by which time passes.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(25);

    private RedisClient? _client;

    public ClientWorld()
    {
        Clock = new ClientClock(Time);
        Network = new MemoryNetwork(Time);
        A = Database.Serve(Network.At("10.0.0.1"));
        B = Database.Serve(Network.At("10.0.0.2"));
        C = Database.Serve(Network.At("10.0.0.3"));
        Options = new RedisClientOptions
        {
            Endpoints = [A.Endpoint],
            TimeProvider = Clock,
            Transports = Network,
            LoggerFactory = Log,
            Seed = 1,
            CommandTimeout = TimeSpan.FromSeconds(1),
        };
    }

    public FakeTimeProvider Time { get; } = new();

    public ClientClock Clock { get; }

    public MemoryNetwork Network { get; }

    public ModelDatabase Database { get; } = new();

    public RecordedLog Log { get; } = new();

    public Place A { get; }

    public Place B { get; }

    public Place C { get; }

    public RedisClientOptions Options { get; set; }

    public RedisClient Client => _client ?? throw new InvalidOperationException("Not connected yet.");

    /// <summary>A world whose client is connected, to A unless the options say otherwise.</summary>
    public static async Task<ClientWorld> ConnectedAsync(Func<RedisClientOptions, RedisClientOptions>? change = null)
    {
        var world = new ClientWorld();
        world.Options = change?.Invoke(world.Options) ?? world.Options;
        await world.ConnectAsync();
        return world;
    }

    public async Task ConnectAsync() => _client = await EndOfAsync(RedisClient.ConnectAsync(Options));

    /// <summary>Everything that can happen without the clock happens.</summary>
    public static Task RestAsync()
    {
        ThreadPoolRest.Reach();
        return Task.CompletedTask;
    }

    /// <summary>Time passes, a heartbeat after the other.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        await RestAsync();
        for (; time > TimeSpan.Zero; time -= Step)
        {
            Time.Advance(time < Step ? time : Step);
            await RestAsync();
        }
    }

    public Task PassAsync(double seconds) => PassAsync(TimeSpan.FromSeconds(seconds));

    /// <summary>Time passes until the condition holds; says how much.</summary>
    public async Task<TimeSpan> UntilAsync(Func<bool> condition, double limitSeconds, string what)
    {
        var begin = Network.Now;
        await RestAsync();
        while (!condition())
        {
            Assert.True(Network.Now - begin < TimeSpan.FromSeconds(limitSeconds), $"Within {limitSeconds} s: {what}\n{string.Join('\n', Log.Entries)}");
            await PassAsync(Step);
        }

        return Network.Now - begin;
    }

    /// <summary>Time passes until the task has ended; its result.</summary>
    public async Task<T> EndOfAsync<T>(Task<T> task, double limitSeconds = 120)
    {
        await UntilAsync(() => task.IsCompleted, limitSeconds, "the task ends");
        return await task;
    }

    public Task<T> EndOfAsync<T>(ValueTask<T> task, double limitSeconds = 120) => EndOfAsync(task.AsTask(), limitSeconds);

    /// <summary>Time passes until the task has failed; its exception.</summary>
    public async Task<TException> FailureOfAsync<TException>(Task task, double limitSeconds = 120)
        where TException : Exception
    {
        await UntilAsync(() => task.IsCompleted, limitSeconds, "the task ends");
        return await Assert.ThrowsAsync<TException>(() => task);
    }

    /// <summary>So many INCRs at once, not awaited.</summary>
    public IReadOnlyList<Task<long>> Increments(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Client.ExecuteAsync<long>($"INCR {"n"}").AsTask())];

    /// <summary>True when a connection to the place serves commands now.</summary>
    public async Task<bool> ServesAsync(Place place)
    {
        await RestAsync();
        var text = Guid.NewGuid().ToString("N");
        var reply = await EndOfAsync(Client.ExecuteAsync<string>($"ECHO {text}"));
        return reply == text && place.Connections.Any(connection => connection.Asked.Contains($"ECHO {text}"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }
    }
}
