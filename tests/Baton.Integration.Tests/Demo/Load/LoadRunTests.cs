using System.Net;
using Baton.Cli.Demo.Load;
using Baton.Cli.Demo.Model;
using Baton.Cli.Demo.Raw;
using Baton.TestKit;
using Xunit;

namespace Baton.Integration.Tests.Demo.Load;

/// <summary>The load against a plain redis-server: it must find nothing wrong with it, and must find what the test makes wrong.</summary>
public sealed class LoadRunTests : IAsyncLifetime
{
    private const int Enough = 3000;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly LoadStatistics _statistics = new();
    private readonly FindingLog _findings = new();
    private PlainRedis? _redis;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(PlainRedis.IsInstalled, "redis-server is not installed (apt-get install redis-server)");
        _redis = await PlainRedis.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_server_that_does_nothing_wrong_has_no_findings()
    {
        await RunAsync(static _ => Task.CompletedTask);

        Assert.Empty(_statistics.FailureTexts);
        Assert.Empty(_findings.Texts);
        Assert.Equal(0, _statistics.UnannouncedDisconnects);
        Assert.All(_statistics.Rows, row => Assert.True(row.Commands + row.Messages > 0, row.Client));
    }

    [Theory]
    [InlineData("DECR", "raw-one-0:0")]
    [InlineData("DECR", "se-one-0:0")]
    [InlineData("DECR", "raw-none-0:0")]
    [InlineData("DEL", "raw-script-0")]
    [InlineData("DECR", "{raw-multi-0}:a")]
    [InlineData("DECR", "baton-one-0:0")]
    [InlineData("DEL", "baton-script-0")]
    [InlineData("DECR", "{baton-multi-0}:a")]
    public async Task A_write_that_disappears_is_lost(string command, string key)
    {
        await RunAsync(client => client.ExecuteAsync([[command, key]], measured: false, TestContext.Current.CancellationToken));

        Assert.True(_findings.Lost > 0, "nothing was found lost");
    }

    [Theory]
    [InlineData("INCR", "raw-one-0:0")]
    [InlineData("INCR", "se-pipe-0:3")]
    [InlineData("INCR", "baton-pipe-0:3")]
    [InlineData("RPUSH", "list:0", "0-1")]
    [InlineData("RPUSH", "list:0", "2000-1")]
    [InlineData("PUBLISH", "news:0", "1")]
    public async Task A_command_executed_twice_is_duplicated(params string[] command)
    {
        await RunAsync(client => client.ExecuteAsync([command], measured: false, TestContext.Current.CancellationToken));

        Assert.True(_findings.Duplicated > 0, "nothing was found duplicated");
    }

    private async Task RunAsync(Func<RawClient, Task> interfereAsync)
    {
        var context = new LoadContext
        {
            Time = TimeProvider.System,
            Statistics = _statistics,
            Findings = _findings,
            Notifications = false,
            Resolve = _ => Task.FromResult<IReadOnlyList<IPEndPoint>>([_redis!.Address]),
        };
        using var limit = new CancellationTokenSource(Bound);
        await using var load = new LoadRun(context, seed: 1);
        await load.StartAsync(new LoadShape(Connections: 1, CommandsPerSecond: 0), limit.Token);
        await UntilAsync(Enough);
        await interfereAsync(load.RawClients[^1]);
        await UntilAsync(_statistics.Commands + Enough);
        await load.StopAndVerifyAsync(limit.Token);
    }

    private Task UntilAsync(long commands) => Eventually.TrueAsync(() => _statistics.Commands >= commands, Bound, $"{commands} commands");
}
