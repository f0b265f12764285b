using Baton.Client.Tests.PubSub;
using Baton.Client.Tests.Kit;
using Xunit;

namespace Baton.Client.Tests.Caching;

public sealed class CachedCommandsTests
{
    private readonly ScriptedNetwork _network = new();
    private readonly ScriptedServer _server;
    private readonly List<string> _session = [];
    private int _value;

    public CachedCommandsTests()
    {
        _server = _network.At("10.0.0.1");
        _server.Answer = Answer;
        _network.At("10.0.0.2").Answer = Answer;
    }

    private int Reads => _server.Commands.Count(static command => command.StartsWith("GET", StringComparison.Ordinal));

    [Theory]
    [InlineData(RedisCachingMode.OptIn, "TRACKING ON OPTIN")]
    [InlineData(RedisCachingMode.Default, "TRACKING ON")]
    [InlineData(RedisCachingMode.Broadcast, "TRACKING ON BCAST PREFIX user:")]
    public async Task A_read_is_answered_from_memory_until_the_server_tells_of_a_change(RedisCachingMode mode, string tracking)
    {
        await using var redis = await ConnectAsync(new RedisCachingOptions { Mode = mode, Prefixes = mode == RedisCachingMode.Broadcast ? ["user:"] : [] });

        Assert.Equal("0", await redis.Cached.GetAsync("user:1"));
        Assert.Equal("0", await redis.Cached.GetAsync("user:1"));
        Assert.Equal(0, await redis.Cached.ExecuteAsync<long>($"GET user:1"));
        Assert.Equal(1, Reads);
        Assert.Contains(tracking, _session);
        Assert.Equal(mode == RedisCachingMode.OptIn, _session.Contains("CACHING YES"));

        _value = 1;
        Tell(">2\r\n+invalidate\r\n*1\r\n$6\r\nuser:1\r\n");
        await Soon.TrueAsync(() => redis.Cached.Statistics.Invalidations == 1, "the invalidation");
        Assert.Equal("1", await redis.Cached.GetAsync("user:1"));
        Assert.Equal((2L, 2L), (redis.Cached.Statistics.Hits, redis.Cached.Statistics.Misses));
    }

    [Fact]
    public async Task A_flush_empties_it()
    {
        await using var redis = await ConnectAsync(new RedisCachingOptions());
        await redis.Cached.GetAsync("a");
        await redis.Cached.GetAsync("b");

        Tell(">2\r\n+invalidate\r\n_\r\n");

        await Soon.TrueAsync(() => redis.Cached.Statistics.Entries == 0, "the flush");
    }

    [Fact]
    public async Task A_change_told_before_the_reply_keeps_the_reply_out()
    {
        await using var redis = await ConnectAsync(new RedisCachingOptions());
        _server.HoldsOutput = true;
        var reading = redis.Cached.GetAsync("a").AsTask();
        await Soon.TrueAsync(() => Reads == 1, "GET");
        _server.HoldsOutput = false;

        Tell(">2\r\n+invalidate\r\n*1\r\n$1\r\na\r\n");
        await Soon.TrueAsync(() => redis.Cached.Statistics.Invalidations == 1, "the invalidation");
        _server.Open[0].Release(2);

        Assert.Equal("0", await reading);
        Assert.Equal(0, redis.Cached.Statistics.Entries);
    }

    [Fact]
    public async Task Keys_without_the_prefix_are_not_kept()
    {
        await using var redis = await ConnectAsync(new RedisCachingOptions { Mode = RedisCachingMode.Broadcast, Prefixes = ["user:"] });

        await redis.Cached.GetAsync("other");
        await redis.Cached.GetAsync("other");

        Assert.Equal(2, Reads);
    }

    [Fact]
    public async Task Another_connection_starts_empty_and_tracks()
    {
        await using var redis = await ConnectAsync(new RedisCachingOptions());
        await redis.Cached.GetAsync("a");

        _server.Cut();
        await Soon.TrueAsync(() => redis.Cached.Statistics.Entries == 0, "the end");
        await Soon.TrueAsync(() => _session.Count(static command => command == "TRACKING ON OPTIN") == 2, "the next connection", _network.Time);
        _value = 1;

        Assert.Equal("1", await redis.Cached.GetAsync("a"));
        Assert.Equal("1", await redis.Cached.GetAsync("a"));
        await redis.Cached.GetAsync("b");
        await Soon.TrueAsync(() => redis.Cached.Statistics.Entries > 0, "keeping", () => _ = redis.Cached.GetAsync("b").AsTask());
    }

    [Fact]
    public async Task A_read_cut_off_behind_its_opt_in_is_sent_again_whole()
    {
        await using var redis = await ConnectAsync(new RedisCachingOptions());
        _server.HoldsOutput = true;
        var reading = redis.Cached.GetBytesAsync("a").AsTask();
        await Soon.TrueAsync(() => Reads == 1, "GET");
        var connection = _server.Open[0];
        connection.Release(1);
        _server.HoldsOutput = false;
        _value = 7;

        connection.End();
        await Soon.TrueAsync(() => reading.IsCompleted, "the reply of the next connection", _network.Time);

        Assert.Equal("7"u8.ToArray(), await reading);
        Assert.Equal(2, _session.Count(static command => command == "CACHING YES"));
    }

    [Fact]
    public async Task A_handoff_starts_empty_and_tracks()
    {
        await using var redis = await ConnectAsync(new RedisCachingOptions());
        await redis.Cached.GetAsync("a");
        Assert.Equal(1, redis.Cached.Statistics.Entries);

        Tell(ScriptedServer.Moving(1, 0, "10.0.0.2"));
        await Soon.TrueAsync(() => _server.Open.Length == 0, "the handoff");
        Assert.Equal(2, _session.Count(static command => command == "TRACKING ON OPTIN"));
        Assert.Equal(0, redis.Cached.Statistics.Entries);
        _value = 1;

        Assert.Equal("1", await redis.Cached.GetAsync("a"));
    }

    [Fact]
    public async Task A_server_without_tracking_is_an_error_that_says_so_or_passed_through()
    {
        _server.Answer = (connection, arguments) => arguments is ["CLIENT", "TRACKING", ..] ? "-ERR unknown subcommand 'TRACKING'.\r\n" : Answer(connection, arguments);

        var refused = await Assert.ThrowsAsync<RedisConnectFailedException>(() => ConnectAsync(new RedisCachingOptions()));
        Assert.Equal(ConnectFailedReason.NotSupported, refused.FailedReason);
        Assert.Contains("PassThroughWhenUnsupported", refused.Message, StringComparison.Ordinal);

        await using var redis = await ConnectAsync(new RedisCachingOptions { PassThroughWhenUnsupported = true });
        await redis.Cached.GetAsync("a");
        await redis.Cached.GetAsync("a");
        Assert.Equal(2, Reads);
    }

    [Fact]
    public async Task A_resp2_server_is_the_same()
    {
        _server.SpeaksResp2 = true;

        await Assert.ThrowsAsync<RedisConnectFailedException>(() => ConnectAsync(new RedisCachingOptions()));
        await using var redis = await ConnectAsync(new RedisCachingOptions { PassThroughWhenUnsupported = true });
        await redis.Cached.GetAsync("a");
        await redis.Cached.GetAsync("a");

        Assert.Equal(2, Reads);
    }

    [Fact]
    public async Task Writes_go_through_and_caching_must_be_asked_for()
    {
        await using var redis = await ConnectAsync(new RedisCachingOptions());
        Assert.True(await redis.Cached.SetAsync("a", "1"));
        await using var plain = await _network.ConnectAsync();

        Assert.Throws<InvalidOperationException>(() => plain.Cached);
    }

    [Theory]
    [InlineData(RedisCachingMode.OptIn)]
    [InlineData(RedisCachingMode.Default)]
    [InlineData(RedisCachingMode.Broadcast)]
    public async Task A_real_server_tells_of_changes(RedisCachingMode mode)
    {
        await using var server = await PlainRedis.StartAsync();
        await using var writer = await server.ConnectAsync();
        await using var redis = await server.ConnectAsync(options => options with { Caching = new RedisCachingOptions { Mode = mode } });
        await writer.SetAsync("a", "0");
        for (var number = 1; number <= 200; number++)
        {
            await redis.Cached.GetAsync("a");
            await writer.SetAsync("a", $"{number}");
            await Soon.TrueAsync(() => redis.Cached.GetAsync("a").AsTask().GetAwaiter().GetResult() == $"{number}", $"the change to {number}");
        }

        var before = redis.Cached.Statistics;
        Assert.Equal("200", await redis.Cached.GetAsync("a"));
        Assert.Equal(before.Hits + 1, redis.Cached.Statistics.Hits);
        await writer.ExecuteAsync($"FLUSHALL");
        await Soon.TrueAsync(() => redis.Cached.Statistics.Entries == 0, "the flush");
        Assert.Null(await redis.Cached.GetAsync("a"));
    }

    private Task<RedisClient> ConnectAsync(RedisCachingOptions caching) =>
        _network.ConnectAsync(change: options => options with { Caching = caching });

    private string? Answer(ScriptedConnection connection, string[] arguments)
    {
        if (arguments[0] == "CLIENT")
        {
            _session.Add(string.Join(' ', arguments[1..]));
        }

        return arguments[0] == "GET" ? $"$1\r\n{_value}\r\n" : null;
    }

    private void Tell(string frame)
    {
        lock (_network.Gate)
        {
            _server.Open[0].Send(frame);
        }
    }
}
