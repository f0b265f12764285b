using System.Net;
using Baton.Cli.Demo.Load;
using Baton.Cli.Demo.Model;
using Baton.Cli.Demo.Raw;
using Baton.TestKit;
using Xunit;

namespace Baton.Integration.Tests.Demo.Load;

/// <summary>Baton.Client as the demo's load: its answers look like the raw client's, and what goes wrong is counted.</summary>
public sealed class BatonDatabaseTests : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly LoadStatistics _statistics = new();
    private PlainRedis? _redis;
    private BatonDatabase? _database;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(PlainRedis.IsInstalled, "redis-server is not installed (apt-get install redis-server)");
        _redis = await PlainRedis.StartAsync();
        var context = new LoadContext
        {
            Time = TimeProvider.System,
            Statistics = _statistics,
            Findings = new FindingLog(),
            Notifications = false,
            Resolve = _ => Task.FromResult<IReadOnlyList<IPEndPoint>>([_redis.Address]),
        };
        _database = await BatonDatabase.ConnectAsync(context, _redis.Address, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_transaction_answers_as_the_server_does()
    {
        var replies = await ExecuteAsync(["MULTI"], ["INCR", "n"], ["LPUSH", "n", "x"], ["EXEC"]);

        Assert.Equal(["+OK", "+QUEUED", "+QUEUED"], replies.Take(3).Select(static reply => $"{reply}"));
        Assert.Equal(1, replies[3].Items![0].Integer);
        Assert.True(replies[3].Items![1].IsError);
    }

    [Fact]
    public async Task Exec_answers_null_when_a_watched_key_was_changed()
    {
        await using var caller = _database!.Caller("first");
        await ExecuteAsync(caller, ["WATCH", "n"], ["GET", "n"]);
        await ExecuteAsync(["SET", "n", "7"]);
        var refused = await ExecuteAsync(caller, ["MULTI"], ["SET", "n", "1"], ["EXEC"]);
        await ExecuteAsync(caller, ["WATCH", "n"], ["GET", "n"]);
        var written = await ExecuteAsync(caller, ["MULTI"], ["SET", "n", "8"], ["EXEC"]);

        Assert.True(refused[^1].IsNull);
        Assert.False(written[^1].IsNull);
        Assert.Equal("8", (await ExecuteAsync(["GET", "n"]))[0].Text);
    }

    [Fact]
    public async Task Errors_are_replies_and_nulls_are_nulls()
    {
        var replies = await ExecuteAsync(["SET", "text", "x"], ["INCR", "text"], ["GET", "nothing"], ["BLPOP", "nothing", "0.01"]);

        Assert.Equal([false, true, false, false], replies.Select(static reply => reply.IsError));
        Assert.True(replies[2].IsNull && replies[3].IsNull);
        Assert.Equal(4, _statistics.Row(BatonDatabase.Name).Commands);
    }

    [Fact]
    public async Task A_connection_the_server_closes_without_notice_is_counted()
    {
        await ExecuteAsync(["PING"]);
        Assert.Equal(0, _statistics.UnannouncedDisconnects);
        await using var other = _database!.Caller("other");
        await Assert.ThrowsAsync<LoadFailedException>(() => ExecuteAsync(other, ["SHUTDOWN", "NOSAVE"]));

        await Eventually.TrueAsync(() => _statistics.UnannouncedDisconnects > 0, Bound, "the closed connection is counted");
    }

    private Task<RawReply[]> ExecuteAsync(params string[][] commands) => ExecuteAsync(_database!.Caller(BatonDatabase.Name), commands);

    private static Task<RawReply[]> ExecuteAsync(BatonClient caller, params string[][] commands) =>
        caller.ExecuteAsync(commands, measured: true, TestContext.Current.CancellationToken);
}
