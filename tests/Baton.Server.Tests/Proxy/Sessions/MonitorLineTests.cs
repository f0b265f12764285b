using System.Net;
using System.Text;
using Baton.Server.Engines.Wire;
using Baton.Server.Proxy.Sessions;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

public sealed class MonitorLineTests
{
    [Theory]
    [InlineData("+1.5 [3 127.0.0.1:53800] \"set\" \"a\" \"] \\\"x\"\r\n", "+1.5 [3 127.0.0.11:12000] \"set\" \"a\" \"] \\\"x\"\r\n")]
    [InlineData("+1.5 [0 lua] \"ping\"\r\n", "+1.5 [0 lua] \"ping\"\r\n")]
    [InlineData("+1.5 [0 127.0.0.1:53800] \"AUTH\" \"(redacted)\"\r\n", "")]
    [InlineData("+1.5 [0 127.0.0.1:53800] \"CLIENT\" \"SETNAME\" \"baton\"\r\n", "")]
    [InlineData("+1.5 [0 127.0.0.1:53800] \"PING\"\r\n", "")]
    [InlineData("+OK\r\n", "+OK\r\n")]
    public void A_client_sees_its_databases_commands_and_the_endpoints_address(string line, string shown) => Assert.Equal(
        shown, Encoding.Latin1.GetString(MonitorLine.ForClient(Encoding.Latin1.GetBytes(line), new IPEndPoint(IPAddress.Parse("127.0.0.11"), 12000), Engine)));

    [Fact]
    public void Commands_of_the_clusters_own_connections_are_not_shown_as_long_as_they_are_open_and_a_moment_longer()
    {
        OneTimer time = new();
        IPEndPoint own = new(IPAddress.Loopback, 53790);
        string line = $"+1.5 [0 {own}] \"INFO\" \"memory\"\r\n";
        Assert.NotEmpty(Shown(line, Engine));

        using (ControlAddresses.Add(Engine, own, time))
        {
            Assert.Empty(Shown(line, Engine));
            Assert.NotEmpty(Shown(line, new IPEndPoint(IPAddress.Loopback, 7001)));
        }

        Assert.Empty(Shown(line, Engine));
        time.Fire();
        Assert.NotEmpty(Shown(line, Engine));
    }

    private static IPEndPoint Engine { get; } = new(IPAddress.Loopback, 7000);

    private static string Shown(string line, EndPoint engine) =>
        Encoding.Latin1.GetString(MonitorLine.ForClient(Encoding.Latin1.GetBytes(line), new IPEndPoint(IPAddress.Parse("127.0.0.11"), 12000), engine));

    /// <summary>A clock whose timer is due when the test says so.</summary>
    private sealed class OneTimer : TimeProvider, ITimer
    {
        private TimerCallback? _due;

        public void Fire() => _due?.Invoke(null);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _due = callback;
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
