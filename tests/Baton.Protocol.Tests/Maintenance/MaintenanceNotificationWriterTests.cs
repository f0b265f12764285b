using Baton.Protocol.Maintenance;
using Baton.Protocol.Tests.Resp;

namespace Baton.Protocol.Tests.Maintenance;

public sealed class MaintenanceNotificationWriterTests
{
    private static readonly MovingTarget Target = new("10.0.0.1", "203.0.113.7", "node1.in", "node1.example.com", 12000);

    public static TheoryData<MaintenanceNotification, int, string> Captured => new()
    {
        { new Migrating(6, [2, 4]), 2, ">4\r\n$9\r\nMIGRATING\r\n:6\r\n:2\r\n$10\r\n[\"2\", \"4\"]\r\n" },
        { new Migrated(7, [2, 4]), 9, ">3\r\n$8\r\nMIGRATED\r\n:7\r\n$10\r\n[\"2\", \"4\"]\r\n" },
        { new FailingOver(0, [21]), 2, ">4\r\n$12\r\nFAILING_OVER\r\n:0\r\n:2\r\n$6\r\n[\"21\"]\r\n" },
        { new FailedOver(1, [21]), 9, ">3\r\n$11\r\nFAILED_OVER\r\n:1\r\n$6\r\n[\"21\"]\r\n" },
        { new Moving(17, new MovingTarget("54.78.247.156", "", "", "", 12075)), 15, ">4\r\n$6\r\nMOVING\r\n:17\r\n:15\r\n$19\r\n54.78.247.156:12075\r\n" },
    };

    [Theory]
    [MemberData(nameof(Captured))]
    public void Frames_are_byte_for_byte_those_of_a_real_server(MaintenanceNotification notification, int seconds, string frame) =>
        Assert.Equal(frame, Wire.Written(output => MaintenanceNotificationWriter.Write(output, notification, seconds, MovingEndpointType.InternalIp)));

    [Theory]
    [InlineData(MovingEndpointType.InternalIp, "$14\r\n10.0.0.1:12000\r\n")]
    [InlineData(MovingEndpointType.ExternalIp, "$17\r\n203.0.113.7:12000\r\n")]
    [InlineData(MovingEndpointType.InternalFqdn, "$14\r\nnode1.in:12000\r\n")]
    [InlineData(MovingEndpointType.ExternalFqdn, "$23\r\nnode1.example.com:12000\r\n")]
    [InlineData(MovingEndpointType.None, "_\r\n")]
    [InlineData(MovingEndpointType.Unspecified, "_\r\n")]
    public void Each_recipient_gets_the_form_it_asked_for(MovingEndpointType type, string endpoint) =>
        Assert.Equal(
            ">4\r\n$6\r\nMOVING\r\n:3\r\n:15\r\n" + endpoint,
            Wire.Written(output => MaintenanceNotificationWriter.Write(output, new Moving(3, Target), 15, type)));

    [Fact]
    public void An_IPv6_address_stands_in_brackets() =>
        Assert.EndsWith(
            "$13\r\n[fd00::1]:700\r\n",
            Wire.Written(output => MaintenanceNotificationWriter.Write(
                output, new Moving(3, Target with { InternalIp = "fd00::1", Port = 700 }), 15, MovingEndpointType.InternalIp)),
            StringComparison.Ordinal);

    [Theory]
    [InlineData(1, ":1\r\n")]
    [InlineData(0, ":1\r\n")]
    [InlineData(-5, ":1\r\n")]
    public void No_opener_announces_less_than_a_second(int seconds, string time) =>
        Assert.Contains(
            time + "_\r\n",
            Wire.Written(output => MaintenanceNotificationWriter.Write(output, new Moving(9, Target), seconds, MovingEndpointType.None)),
            StringComparison.Ordinal);
}
