using System.Net;
using Baton.Cli.Demo.Load;
using Baton.Cli.Demo.Model;
using Baton.Cli.Demo.Raw;
using Baton.TestKit;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Baton.Integration.Tests.Demo.Raw;

public sealed class RawDialerTests : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly LoadStatistics _statistics = new();
    private readonly ScriptedEndpoint _server = new(new ScriptedEndpoint.Counter());

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(9.5, 1)]
    [InlineData(10.1, 0)]
    public async Task A_close_is_announced_only_when_the_time_of_moving_is_over(double after, int unannounced)
    {
        await using var connection = await Dialer().ConnectAsync(_server.Endpoint, TestContext.Current.CancellationToken);
        _server.PushMoving(sequence: 1, seconds: 10, _server.Endpoint);
        await Eventually.TrueAsync(() => _statistics.Notifications.ContainsKey("MOVING"), Bound, "MOVING");

        _time.Advance(TimeSpan.FromSeconds(after));
        _server.CloseClients();

        await connection.Ended.WaitAsync(Bound, TestContext.Current.CancellationToken);
        Assert.Equal(unannounced == 0, connection.CloseWasAnnounced);
        await Eventually.TrueAsync(() => _statistics.UnannouncedDisconnects == unannounced, Bound, $"{unannounced} unannounced");
    }

    private RawDialer Dialer()
    {
        var context = new LoadContext
        {
            Time = _time,
            Statistics = _statistics,
            Findings = new FindingLog(),
            Resolve = _ => Task.FromResult<IReadOnlyList<IPEndPoint>>([_server.Endpoint]),
        };
        var options = new RawConnectionOptions { Time = _time, Name = "raw", OptIn = true, EndpointType = "internal-ip" };
        return new RawDialer(context, options, _statistics.Row("raw"), static (_, _) => { }) { OnMoving = static (_, _) => { } };
    }
}
