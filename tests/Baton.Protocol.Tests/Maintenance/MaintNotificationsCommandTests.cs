using Baton.Protocol.Maintenance;
using Baton.Protocol.Tests.Resp;

namespace Baton.Protocol.Tests.Maintenance;

public sealed class MaintNotificationsCommandTests
{
    /// <summary>Literally what the clients send: redis-py, node-redis and Jedis; go-redis; Lettuce (two forms); StackExchange.Redis; ioredis.</summary>
    [Theory]
    [InlineData("CLIENT MAINT_NOTIFICATIONS ON moving-endpoint-type internal-ip", MovingEndpointType.InternalIp)]
    [InlineData("client maint_notifications on moving-endpoint-type external-ip", MovingEndpointType.ExternalIp)]
    [InlineData("client maint_notifications on moving-endpoint-type none", MovingEndpointType.None)]
    [InlineData("CLIENT MAINT_NOTIFICATIONS on moving-endpoint-type internal-fqdn", MovingEndpointType.InternalFqdn)]
    [InlineData("CLIENT MAINT_NOTIFICATIONS on", MovingEndpointType.Unspecified)]
    [InlineData("CLIENT MAINT_NOTIFICATIONS ON MOVING-ENDPOINT-TYPE EXTERNAL-FQDN", MovingEndpointType.ExternalFqdn)]
    [InlineData("CLIENT MAINT_NOTIFICATIONS ON", MovingEndpointType.Unspecified)]
    [InlineData("client MAINT_NOTIFICATIONS ON moving-endpoint-type external-fqdn", MovingEndpointType.ExternalFqdn)]
    public void Every_clients_opt_in_is_understood(string command, MovingEndpointType type)
    {
        var data = Wire.Command(command.Split(' '));

        Assert.True(MaintNotificationsCommand.TryParse(Wire.Scanned(data), data, out var parsed, out var error), error);
        Assert.Equal(new MaintNotificationsCommand(true, type), parsed);
        Assert.Empty(error);
    }

    [Theory]
    [InlineData("CLIENT MAINT_NOTIFICATIONS OFF")]
    [InlineData("client maint_notifications off")]
    public void Off_is_understood(string command)
    {
        var data = Wire.Command(command.Split(' '));

        Assert.True(MaintNotificationsCommand.TryParse(Wire.Scanned(data), data, out var parsed, out _));
        Assert.False(parsed.On);
    }

    [Theory]
    [InlineData("CLIENT MAINT_NOTIFICATIONS", "wrong number of arguments")]
    [InlineData("CLIENT MAINT_NOTIFICATIONS sideways", "'sideways'")]
    [InlineData("CLIENT MAINT_NOTIFICATIONS ON moving-endpoint-type", "no value")]
    [InlineData("CLIENT MAINT_NOTIFICATIONS ON moving-endpoint-type carrier-pigeon", "'carrier-pigeon'")]
    [InlineData("CLIENT MAINT_NOTIFICATIONS ON moving-endpoint-type unspecified", "'unspecified'")]
    [InlineData("CLIENT MAINT_NOTIFICATIONS ON colour blue", "'colour'")]
    [InlineData("CLIENT MAINT_NOTIFICATIONS ON none", "'none'")]
    [InlineData("CLIENT MAINT_NOTIFICATIONS ON moving-endpoint-type none extra", "nothing may follow")]
    [InlineData("CLIENT MAINT_NOTIFICATIONS ON moving-endpoint-type none moving-endpoint-type none", "nothing may follow")]
    [InlineData("CLIENT MAINT_NOTIFICATIONS OFF moving-endpoint-type none", "nothing may follow")]
    [InlineData("CLIENT MAINT_NOTIFICATIONS ON moving-endpoint-type sideways none", "'sideways'")]
    public void A_malformed_opt_in_says_why_and_leaves_nothing_behind(string command, string says)
    {
        var data = Wire.Command(command.Split(' '));

        Assert.False(MaintNotificationsCommand.TryParse(Wire.Scanned(data), data, out var parsed, out var error));
        Assert.StartsWith("ERR ", error, StringComparison.Ordinal);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.Equal(default, parsed);
    }

    [Fact]
    public void A_clients_own_words_are_repeated_only_as_far_as_reasonable()
    {
        var data = Wire.Command("CLIENT", "MAINT_NOTIFICATIONS", new string('x', 100_000));

        Assert.False(MaintNotificationsCommand.TryParse(Wire.Scanned(data), data, out _, out var error));
        Assert.InRange(error.Length, 1, 200);
    }
}
