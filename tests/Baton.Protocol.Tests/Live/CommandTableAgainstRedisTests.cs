using Baton.Protocol.Commands;
using Baton.Protocol.Tests.Resp;

namespace Baton.Protocol.Tests.Live;

public sealed class CommandTableAgainstRedisTests(RedisServer redis)
{
    [Theory]
    [InlineData("COMMAND\r\n")]
    [InlineData("HELLO 3\r\nCOMMAND\r\n")]
    public void The_table_knows_every_command_of_the_real_server(string request)
    {
        Assert.SkipUnless(RedisServer.IsInstalled, "redis-server is not installed (apt-get install redis-server)");
        var told = CommandTable.FromCommandReply(Wire.Bytes(request.StartsWith('H') ? redis.AskSecond(Wire.Bytes(request)) : redis.Ask(Wire.Bytes(request))));

        Assert.InRange(told.All.Count, 300, 600);
        Assert.Empty(told.All.Select(row => row.Name).Except(CommandTable.Redis.All.Select(row => row.Name)));
        Assert.Contains(told.All, row => row.Name == "CLIENT|SETNAME");
        Assert.NotNull(told.Find("client"u8, "setname"u8));
        Assert.Equal("DEBUG|OBJECT", told.Find("debug"u8, "object"u8)?.Name);
        Assert.Null(told.Find("HEXPIRE"u8));
    }
}
