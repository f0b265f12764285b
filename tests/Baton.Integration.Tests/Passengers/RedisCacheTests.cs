using Baton.TestKit;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary>A client that caches what it reads (CLIENT TRACKING) while a writer writes and the shard is switched.</summary>
[Collection(RedisSwitchingCollection.Name)]
public sealed class RedisCacheTests(RedisSwitchingCluster cluster)
{
    private const int Keys = 20;
    private static readonly TimeSpan ToldLimit = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData]
    [InlineData("NOLOOP")]
    [InlineData("BCAST", "PREFIX", "cached:")]
    public async Task no_cached_value_outlives_the_write_that_replaced_it(params string[] options)
    {
        var cache = new Cache(await cluster.ConnectAsync(resp3: true));
        await using var reader = cache.Connection;
        await using var writer = await cluster.ConnectAsync();
        await reader.ExpectAsync('+', ["CLIENT", "TRACKING", "ON", .. options]);

        var switches = cluster.SwitchInEveryWayAsync();
        var round = 0;
        for (; !switches.IsCompleted || round < 20; round++)
        {
            var number = round;
            await Task.WhenAll(Enumerable.Range(0, Keys).Select(i => cache.ReadAsync(Key(i), atLeast: number)));
            var written = await Task.WhenAll(writer.SendAll([.. Enumerable.Range(0, Keys).Select(i => new[] { "SET", Key(i), $"{number + 1}" })]))
                .Within(RawConnection.Limit);
            Assert.All(written, reply => Assert.Equal("+OK\r\n", reply.Raw));
            await Eventually.TrueAsync(
                () => cache.Oldest() is null || cache.Oldest() > number,
                ToldLimit,
                "invalidations",
                () => $"Round {number}: {cache.Oldest()} is still cached.");
        }

        await switches;
        Assert.Null(reader.Closed);
        Assert.Null(writer.Closed);
        Assert.Equal(3, reader.Pushes.Count(push => push.Frame.Items is [_, { IsNull: true }]));
        Assert.True(cache.Hits > round, $"{cache.Hits} hits in {round} rounds: the cache was never used.");
    }

    private static string Key(int i) => $"cached:{i}";

    /// <summary>What the connection has read and was not told to forget.</summary>
    private sealed class Cache
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<string, long> _values = [];
        private readonly Dictionary<string, long> _forgotten = [];
        private long _allForgotten;

        public Cache(RawConnection connection)
        {
            Connection = connection;
            connection.OnPush = OnPush;
        }

        public RawConnection Connection { get; }

        public long Hits { get; private set; }

        public long? Oldest()
        {
            lock (_lock)
            {
                return _values.Count == 0 ? null : _values.Values.Min();
            }
        }

        /// <summary>Reads a key twice, the second time from the cache if nothing was said meanwhile.</summary>
        public async Task ReadAsync(string key, long atLeast)
        {
            for (var i = 0; i < 2; i++)
            {
                long before;
                lock (_lock)
                {
                    if (_values.TryGetValue(key, out var cached))
                    {
                        Assert.True(cached >= atLeast, $"{key}: {cached} came from the cache, {atLeast} had been told of.");
                        Hits++;
                        continue;
                    }

                    before = _forgotten.GetValueOrDefault(key) + _allForgotten;
                }

                var reply = await Connection.CallAsync("GET", key);
                Assert.False(reply.IsError, reply.ToString());
                var value = reply.IsNull ? 0 : reply.Integer;
                Assert.True(value >= atLeast, $"{key}: {value} was read, {atLeast} had been acknowledged.");
                lock (_lock)
                {
                    if (before == _forgotten.GetValueOrDefault(key) + _allForgotten)
                    {
                        _values[key] = value;
                    }
                }
            }
        }

        private void OnPush(RespValue frame)
        {
            if (frame.Items is not [{ Text: "invalidate" }, var keys])
            {
                return;
            }

            lock (_lock)
            {
                if (keys.IsNull)
                {
                    _allForgotten++;
                    _values.Clear();
                    return;
                }

                foreach (var key in keys.Items!)
                {
                    _forgotten[key.Text!] = _forgotten.GetValueOrDefault(key.Text!) + 1;
                    _values.Remove(key.Text!);
                }
            }
        }
    }
}
