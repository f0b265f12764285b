using Baton.Protocol.Maintenance;
using Baton.Protocol.Tests.Resp;
using CsCheck;

namespace Baton.Protocol.Tests.Maintenance;

public sealed class MaintenanceNotificationReaderTests
{
    [Theory]
    [InlineData(">4\r\n$6\r\nMOVING\r\n:17\r\n:15\r\n$19\r\n54.78.247.156:12075\r\n", "Moving 17 15 54.78.247.156 12075")]
    [InlineData(">4\r\n+MOVING\r\n:17\r\n:15\r\n+node1.example.com:12075\r\n", "Moving 17 15 node1.example.com 12075")]
    [InlineData(">4\r\n$6\r\nMOVING\r\n:0\r\n:15\r\n_\r\n", "Moving 0 15")]
    [InlineData(">3\r\n$6\r\nMOVING\r\n:1\r\n:15\r\n", "Moving 1 15")]
    [InlineData(">4\r\n$6\r\nmoving\r\n:1\r\n:-3\r\n_\r\n", "Moving 1 -3")]
    [InlineData(">4\r\n$6\r\nMOVING\r\n$2\r\n17\r\n$2\r\n15\r\n_\r\n", "Moving 17 15")]
    [InlineData(">5\r\n$6\r\nMOVING\r\n:1\r\n:15\r\n_\r\n*2\r\n:1\r\n:2\r\n", "Moving 1 15")]
    [InlineData(">1\r\n$6\r\nMOVING\r\n", "Moving ? ?")]
    [InlineData(">4\r\n$9\r\nMIGRATING\r\n:6\r\n:2\r\n$10\r\n[\"2\", \"4\"]\r\n", "Migrating 6 2 [2,4]")]
    [InlineData(">4\r\n$9\r\nMIGRATING\r\n:6\r\n:2\r\n+[2,4]\r\n", "Migrating 6 2 [2,4]")]
    [InlineData(">4\r\n$9\r\nMIGRATING\r\n:6\r\n:2\r\n$4\r\n1000\r\n", "Migrating 6 2 [1000]")]
    [InlineData(">4\r\n$9\r\nMIGRATING\r\n:6\r\n:2\r\n$5\r\nwhat?\r\n", "Migrating 6 2")]
    [InlineData(">4\r\n$9\r\nMIGRATING\r\n:6\r\n:2\r\n*1\r\n:2\r\n", "Migrating 6 2")]
    [InlineData(">3\r\n$9\r\nMIGRATING\r\n:1\r\n:10\r\n", "Migrating 1 10")]
    [InlineData(">3\r\n$9\r\nMIGRATING\r\n:1\r\n$4\r\n1000\r\n", "Migrating 1 1000")]
    [InlineData(">3\r\n$8\r\nMIGRATED\r\n:7\r\n$10\r\n[\"2\", \"4\"]\r\n", "Migrated 7 ? [2,4]")]
    [InlineData(">2\r\n$8\r\nMIGRATED\r\n:1\r\n", "Migrated 1 ?")]
    [InlineData(">4\r\n$12\r\nFAILING_OVER\r\n:0\r\n:2\r\n$6\r\n[\"21\"]\r\n", "FailingOver 0 2 [21]")]
    [InlineData(">2\r\n$12\r\nFAILING_OVER\r\n:4\r\n", "FailingOver 4 ?")]
    [InlineData(">3\r\n$11\r\nFAILED_OVER\r\n:1\r\n$6\r\n[\"21\"]\r\n", "FailedOver 1 ? [21]")]
    public void What_servers_and_their_doubles_send_is_understood(string frame, string expected) => Assert.Equal(expected, Read(frame));

    [Theory]
    [InlineData("", null)]
    [InlineData("null", null)]
    [InlineData("NULL", null)]
    [InlineData("-", null)]
    [InlineData("<nil>", null)]
    [InlineData("?", null)]
    [InlineData("?:7002", null)]
    [InlineData(":7002", null)]
    [InlineData("10.0.0.1:0", null)]
    [InlineData("10.0.0.1:7002", "10.0.0.1 7002")]
    [InlineData("[fd00::1]:7002", "fd00::1 7002")]
    [InlineData("fd00::1:7002", "fd00::1 7002")]
    [InlineData("host:65535", "host 65535")]
    [InlineData("host:65536", "malformed")]
    [InlineData("host:-1", "malformed")]
    [InlineData("host:", "malformed")]
    [InlineData("host", "malformed")]
    [InlineData("host:12x", "malformed")]
    public void Endpoints_and_the_ways_to_name_none_are_understood(string endpoint, string? target)
    {
        var frame = $">4\r\n$6\r\nMOVING\r\n:1\r\n:15\r\n${endpoint.Length}\r\n{endpoint}\r\n";

        Assert.Equal(target == "malformed" ? "nothing" : ("Moving 1 15 " + target).TrimEnd(), Read(frame));
    }

    [Theory]
    [InlineData(">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n")]
    [InlineData(">3\r\n$7\r\nmessage\r\n$6\r\nMOVING\r\n$1\r\nx\r\n")]
    [InlineData("*4\r\n$6\r\nMOVING\r\n:1\r\n:15\r\n_\r\n")]
    [InlineData("+MOVING\r\n")]
    [InlineData("")]
    [InlineData(">0\r\n")]
    [InlineData(">1\r\n:5\r\n")]
    [InlineData(">1\r\n*1\r\n$6\r\nMOVING\r\n")]
    [InlineData(">4\r\n$6\r\nMOVING\r\n:-1\r\n:15\r\n_\r\n")]
    [InlineData(">4\r\n$6\r\nMOVING\r\n+x\r\n:15\r\n_\r\n")]
    [InlineData(">4\r\n$6\r\nMOVING\r\n:1\r\n#t\r\n_\r\n")]
    [InlineData(">4\r\n$6\r\nMOVING\r\n:1\r\n*0\r\n_\r\n")]
    [InlineData(">4\r\n$6\r\nMOVING\r\n:1\r\n:15\r\n:7\r\n")]
    [InlineData(">4\r\n$6\r\nMOVING\r\n:1\r\n:15\r\n*1\r\n$1\r\na\r\n")]
    [InlineData(">4\r\n$6\r\nMOVING\r\n:1\r\n:15\r\n")]
    [InlineData(">4\r\n$6\r\nMOVING\r\n:1\r\n")]
    [InlineData(">4\r\n$6\r\nMOV")]
    public void Anything_else_is_not_a_notification(string frame) => Assert.Equal("nothing", Read(frame));

    [Fact]
    public void What_is_written_is_read_back()
    {
        var target = new MovingTarget("10.0.0.1", "fd00::7", "a.b", "c.d", 12000);
        foreach (var type in Enum.GetValues<MovingEndpointType>())
        {
            var expected = ("Moving 5 15 " + target.In(type)?.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)
                .Replace(":12000", " 12000", StringComparison.Ordinal)).TrimEnd();
            Assert.Equal(expected, Read(Wire.Written(output => MaintenanceNotificationWriter.Write(output, new Moving(5, target), 15, type))));
        }

        Assert.Equal("Migrating 6 2 [1,2,3]", Read(Wire.Written(output => MaintenanceNotificationWriter.Write(output, new Migrating(6, [1, 2, 3]), 2, default))));
        Assert.Equal("FailedOver 7 ? [9]", Read(Wire.Written(output => MaintenanceNotificationWriter.Write(output, new FailedOver(7, [9]), 2, default))));
    }

    [Fact]
    public void Random_frames_never_throw() =>
        Gen.OneOf(
            ">4\r\n", ">3\r\n", ">2\r\n", "$6\r\nMOVING\r\n", "+MIGRATED\r\n", "$9\r\nMIGRATING\r\n", ":1\r\n", ":-1\r\n", "_\r\n", "$-1\r\n", "*-1\r\n", "*1\r\n", "|1\r\n", "=4\r\ntxt:\r\n",
            "=3\r\nabc\r\n", "$3\r\nx:1\r\n", "+[\"1\", \"\"]\r\n", "+[\r\n", "+]\r\n", "x", "\r\n", ">99999999999\r\n")
        .Array[0, 8].Sample(pieces => _ = Read(">4\r\n+MOVING\r\n" + string.Concat(pieces)) + Read(string.Concat(pieces)), iter: 20_000);

    private static string Read(string frame)
    {
        if (!MaintenanceNotificationReader.TryRead(Wire.Bytes(frame), out var notification))
        {
            Assert.Null(notification);
            return "nothing";
        }

        Assert.NotNull(notification);
        var target = notification.Target is { } address ? $" {address.Host} {address.Port}" : "";
        var shards = notification.ShardIds is { } ids ? $" [{string.Join(",", ids)}]" : "";
        return $"{notification.Kind} {notification.Sequence?.ToString() ?? "?"} {notification.Seconds?.ToString() ?? "?"}{target}{shards}";
    }
}
