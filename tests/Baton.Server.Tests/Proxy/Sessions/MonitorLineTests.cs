using System.Net;
using System.Text;
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
        shown, Encoding.Latin1.GetString(MonitorLine.ForClient(Encoding.Latin1.GetBytes(line), new IPEndPoint(IPAddress.Parse("127.0.0.11"), 12000))));
}
