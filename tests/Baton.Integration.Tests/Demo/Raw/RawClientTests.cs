using System.Net;
using System.Runtime.CompilerServices;
using Baton.Cli.Demo.Load;
using Baton.Cli.Demo.Model;
using Baton.Cli.Demo.Raw;
using Baton.TestKit;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Baton.Integration.Tests.Demo.Raw;

public sealed class RawClientTests : IAsyncLifetime
{
    private static readonly string[] Incr = ["INCR", "k"];
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly LoadStatistics _statistics = new();
    private readonly ScriptedEndpoint _old;
    private readonly ScriptedEndpoint _new;
    private readonly RawClient _client;
    private IReadOnlyList<IPEndPoint> _known;

    public RawClientTests()
    {
        var counter = new ScriptedEndpoint.Counter();
        (_old, _new) = (new ScriptedEndpoint(counter), new ScriptedEndpoint(counter));
        _known = [_old.Endpoint];
        _client = new RawClient("raw", "internal-ip", new LoadContext
        {
            Time = _time,
            Statistics = _statistics,
            Findings = new FindingLog(),
            Resolve = _ => Task.FromResult(_known),
        });
    }

    public async ValueTask InitializeAsync() => await _client.OpenAsync(endpoint: null, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _old.DisposeAsync();
        await _new.DisposeAsync();
    }

    [Fact]
    public async Task Moving_makes_the_new_connection_first_and_then_changes_over_between_two_commands()
    {
        Assert.Equal(1, await IncrementAsync());
        _old.PushMoving(sequence: 1, seconds: 15, _new.Endpoint);
        await UntilAsync(() => _new.Accepted == 1);

        await UntilAsync(async () => (await IncrementAsync()) > 0 && _client.Row.Handoffs == 1);

        Assert.Contains("INCR", _new.Commands);
        Assert.Equal(0, _statistics.Failed);
        Assert.Equal(0, _statistics.UnannouncedDisconnects);
        Assert.Equal(1, _statistics.Notifications["MOVING"]);
    }

    [Fact]
    public async Task A_target_that_does_not_listen_yet_is_tried_again_while_the_old_connection_serves()
    {
        var nobody = new ScriptedEndpoint(new ScriptedEndpoint.Counter());
        var address = nobody.Endpoint;
        await nobody.DisposeAsync();
        _old.PushMoving(sequence: 1, seconds: 15, address);
        await UntilAsync(() => _statistics.Notifications.ContainsKey("MOVING"));

        Assert.Equal(1, await IncrementAsync());
        _old.PushMoving(sequence: 2, seconds: 15, _new.Endpoint);
        await UntilAsync(async () => (await IncrementAsync()) > 0 && _client.Row.Handoffs == 1);

        Assert.Equal(0, _statistics.Failed);
    }

    [Fact]
    public async Task A_null_target_is_followed_after_half_of_the_time_to_wherever_the_database_is_then()
    {
        _old.PushMoving(sequence: 1, seconds: 10, target: null);
        await UntilAsync(() => _statistics.Notifications.ContainsKey("MOVING"));
        _known = [_old.Endpoint, _new.Endpoint];
        _time.Advance(TimeSpan.FromSeconds(4.9));
        await IncrementAsync();
        Assert.Equal(0, _new.Accepted);

        _time.Advance(TimeSpan.FromSeconds(0.2));

        await UntilAsync(async () => (await IncrementAsync()) > 0 && _client.Row.Handoffs == 1);
        Assert.Equal(1, _new.Accepted);
    }

    [Fact]
    public async Task Between_watch_and_exec_it_stays_where_it_is()
    {
        await _client.ExecuteAsync([["WATCH", "k"], ["GET", "k"]], measured: true, TestContext.Current.CancellationToken);
        await _client.MoveToAsync(_new.Endpoint, TestContext.Current.CancellationToken);
        await _client.ExecuteAsync([["MULTI"], ["EXEC"]], measured: true, TestContext.Current.CancellationToken);
        await IncrementAsync();

        Assert.Equal(["WATCH", "GET", "MULTI", "EXEC"], _old.Commands);
        Assert.Equal(["INCR"], _new.Commands);
    }

    [Fact]
    public async Task A_close_without_moving_is_an_unannounced_disconnect()
    {
        _old.CloseClients();

        await UntilAsync(() => _statistics.UnannouncedDisconnects == 1);
    }

    [Fact]
    public async Task A_command_cut_off_fails_and_the_client_connects_again()
    {
        _old.CloseClients();
        await UntilAsync(() => _statistics.UnannouncedDisconnects == 1);

        Assert.True(await IncrementAsync() > 0);
        Assert.Equal(2, _old.Accepted);
    }

    private static Task UntilAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        Eventually.TrueAsync(condition, Bound, what);

    private static Task UntilAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        Eventually.TrueAsync(condition, Bound, what);

    private async Task<long> IncrementAsync() =>
        (await _client.ExecuteAsync([Incr], measured: true, TestContext.Current.CancellationToken))[0].Integer;
}
