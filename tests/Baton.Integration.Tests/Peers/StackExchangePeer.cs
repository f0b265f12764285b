using Baton.TestKit;
using Baton.TestKit.Load;
using Baton.TestKit.Processes;
using StackExchange.Redis;

namespace Baton.Integration.Tests.Peers;

/// <summary>An unmodified StackExchange.Redis multiplexer under a load that checks every reply.</summary>
public sealed class StackExchangePeer : IPeer
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);
    private readonly ConnectionMultiplexer _multiplexer;
    private volatile int _ownHandoffs;
    private readonly LoadVerdict _verdict;
    private readonly LoadLoop _loop = new();
    private readonly string _prefix;
    private readonly Task _work;
    private readonly long _idBefore;

    private StackExchangePeer(ConnectionMultiplexer multiplexer, LoadVerdict verdict, string prefix, bool subscribes, long id)
    {
        _multiplexer = multiplexer;
        _verdict = verdict;
        _prefix = prefix;
        _idBefore = id;
        multiplexer.ServerMaintenanceEvent += (_, notification) => verdict.Note(notification.RawMessage ?? notification.ToString()!);
        multiplexer.ConnectionRestored += (_, restored) => verdict.Note($"{restored.ConnectionType} to {restored.EndPoint} restored");
        multiplexer.ConnectionFailed += (_, failure) =>
        {
            verdict.Note($"{failure.ConnectionType} to {failure.EndPoint}: {failure.FailureType}");
            if (failure.FailureType == ConnectionFailureType.MaintenanceHandoff)
            {
                _ownHandoffs++;
            }
            else
            {
                verdict.Reconnect($"{failure.ConnectionType} to {failure.EndPoint}: {failure.FailureType} {failure.Exception?.Message}");
            }
        };
        List<Task> work = [CounterAsync(), PipelineAsync(), ListAsync(), ReadYourWriteAsync(), TransactionAsync(), ScriptAsync()];
        if (subscribes)
        {
            work.Add(ChannelAsync());
        }

        _work = Task.WhenAll(work);
    }

    private IDatabase Db => _multiplexer.GetDatabase();

    /// <summary>Connects one multiplexer and starts its load.</summary>
    /// <param name="profile">Name in the verdict, and key prefix.</param>
    /// <param name="host">Address.</param>
    /// <param name="port">Port.</param>
    /// <param name="subscribes">With a channel too. Its subscription connection does not opt in, and gaps at a MOVING are its own.</param>
    /// <param name="configure">What this profile sets.</param>
    public static async Task<StackExchangePeer> StartAsync(
        string profile, string host, int port, bool subscribes, Action<ConfigurationOptions> configure)
    {
        var options = new ConfigurationOptions { EndPoints = { { host, port } }, AbortOnConnectFail = true };
        configure(options);
        var multiplexer = await ConnectionMultiplexer.ConnectAsync(options);
        var id = (long)await multiplexer.GetDatabase().ExecuteAsync("CLIENT", "ID");
        var version = typeof(ConnectionMultiplexer).Assembly.GetName().Version!;
        var verdict = new LoadVerdict($"StackExchange.Redis {version.Major}.{version.Minor} {profile}");
        return new StackExchangePeer(multiplexer, verdict, $"se:{profile}", subscribes, id);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PeerVerdict>> StopAsync()
    {
        _loop.Stop();
        await _work.WaitAsync(StopLimit);
        var id = (long)await Db.ExecuteAsync("CLIENT", "ID");
        return [_verdict.Close(id == _idBefore)];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _loop.Dispose();
        await _multiplexer.DisposeAsync();
    }

    private async Task CounterAsync()
    {
        RedisKey key = $"{_prefix}:counter";
        long value = 0;
        await _loop.RunAsync(
            _verdict, "counter", async () => value = _verdict.Next("counter", value + 1, await Db.StringIncrementAsync(key)));
        _verdict.Next("counter at the end", value, (long)await Db.StringGetAsync(key));
    }

    private async Task PipelineAsync()
    {
        var values = new long[4];
        await _loop.RunAsync(_verdict, "pipeline", async () =>
        {
            var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Db.StringIncrementAsync($"{_prefix}:pipeline:{i % 4}")));
            for (var i = 0; i < replies.Length; i++)
            {
                values[i % 4] = _verdict.Next("pipeline", values[i % 4] + 1, replies[i]);
            }
        });
        for (var i = 0; i < values.Length; i++)
        {
            _verdict.Next("pipeline at the end", values[i], (long)await Db.StringGetAsync($"{_prefix}:pipeline:{i}"));
        }
    }

    private async Task ListAsync()
    {
        RedisKey key = $"{_prefix}:list";
        long pushed = 0;
        long popped = 0;
        await _loop.RunAsync(_verdict, "list", async () =>
        {
            await Db.ListRightPushAsync(key, pushed + 1);
            pushed++;
            if (pushed - popped > 5)
            {
                popped = _verdict.Next("list", popped + 1, (long)await Db.ListLeftPopAsync(key));
            }
        });
        while (popped < pushed)
        {
            popped = Math.Max(popped + 1, _verdict.Next("list at the end", popped + 1, (long)await Db.ListLeftPopAsync(key)));
        }
    }

    private async Task ReadYourWriteAsync()
    {
        var round = 0;
        await _loop.RunAsync(_verdict, "read-your-write", async () =>
        {
            RedisKey key = $"{_prefix}:value:{round++ % 64}";
            var written = $"v{round}";
            await Db.StringSetAsync(key, written);
            _verdict.Same("read-your-write", written, await Db.StringGetAsync(key));
        });
    }

    // The library sends EXEC only when the queued commands were answered. Its handoff does not wait for that: it closes its own
    // connection in between, seconds before the server would, and reports the transaction as cut off. Such a one is noted, not counted
    // as Baton's failure; that it was executed as a whole or not at all is still checked with the next one.
    private async Task TransactionAsync()
    {
        long value = 0;
        await _loop.RunAsync(_verdict, "transaction", async () =>
        {
            var transaction = Db.CreateTransaction();
            var handoffs = _ownHandoffs;
            var first = transaction.StringIncrementAsync($"{{{_prefix}:tx}}:a");
            var second = transaction.StringIncrementAsync($"{{{_prefix}:tx}}:b");
            try
            {
                _verdict.Same("transaction committed", "True", (await transaction.ExecuteAsync()).ToString());
            }
            catch (RedisConnectionException e) when (_ownHandoffs != handoffs)
            {
                _verdict.Note($"transaction cut off by the library's own handoff: {e.Message}");
                value = (long)await Db.StringGetAsync($"{{{_prefix}:tx}}:a");
                return;
            }

            _verdict.Same("transaction halves", (await first).ToString(), (await second).ToString());
            value = _verdict.Next("transaction", value + 1, await first);
        });
    }

    private async Task ScriptAsync()
    {
        RedisKey[] keys = [$"{_prefix}:script"];
        RedisValue[] one = [1];
        long value = 0;
        await _loop.RunAsync(_verdict, "script", async () =>
        {
            var reply = await Db.ScriptEvaluateAsync("return redis.call('INCRBY', KEYS[1], ARGV[1])", keys, one);
            value = _verdict.Next("script", value + 1, (long)reply);
        });
    }

    private async Task ChannelAsync()
    {
        var channel = RedisChannel.Literal($"{_prefix}:channel");
        long published = 0;
        long last = 0;
        var subscription = await _multiplexer.GetSubscriber().SubscribeAsync(channel);
        subscription.OnMessage(message => last = _verdict.Seen("channel", last, (long)message.Message));
        await _loop.RunAsync(_verdict, "publish", async () =>
        {
            await Db.PublishAsync(channel, published + 1);
            published++;
        });
        await Eventually.TrueAsync(() => last == published, TimeSpan.FromSeconds(10), "last message", () => $"got {last} of {published}");
    }
}
