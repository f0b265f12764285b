using Baton.Protocol.Maintenance;
using Baton.Protocol.Tests.Resp;
using CsCheck;
using Xunit;

namespace Baton.Protocol.Tests.Maintenance;

/// <summary>SMIGRATING and SMIGRATED, as seen from servers, their doubles and older versions.</summary>
public sealed class SlotNotificationTests
{
    private const string Source = "$14\r\n127.0.0.1:6379\r\n";
    private const string Target = "$14\r\n127.0.0.1:6380\r\n";
    private const string Other = "$14\r\n127.0.0.1:6381\r\n";
    private const string Name = ">3\r\n$9\r\nSMIGRATED\r\n:19\r\n";

    [Theory]
    [InlineData(">3\r\n$10\r\nSMIGRATING\r\n:16\r\n$17\r\n123,456,5000-7000\r\n", "16 123-123 456-456 5000-7000")]
    [InlineData(">3\r\n+smigrating\r\n$2\r\n16\r\n+123, 456\r\n", "16 123-123 456-456")]
    [InlineData(">3\r\n$10\r\nSMIGRATING\r\n:0\r\n$3\r\n123\r\n", "0 123-123")] // all digits, and no duration
    [InlineData(">3\r\n$10\r\nSMIGRATING\r\n:0\r\n:123\r\n", "0 123-123")]
    [InlineData(">5\r\n$10\r\nSMIGRATING\r\n:1\r\n$3\r\n123\r\n$3\r\n456\r\n$9\r\n5000-7000\r\n", "1 123-123 456-456 5000-7000")] // one element each
    [InlineData(">3\r\n$10\r\nSMIGRATING\r\n:1\r\n$7\r\n0-16383\r\n", "1 0-16383")]
    [InlineData(">2\r\n$10\r\nSMIGRATING\r\n:1\r\n", "1 unknown")]
    [InlineData(">1\r\n$10\r\nSMIGRATING\r\n", "? unknown")]
    [InlineData(">3\r\n$10\r\nSMIGRATING\r\n:1\r\n_\r\n", "1 unknown")]
    [InlineData(">3\r\n$10\r\nSMIGRATING\r\n:1\r\n$0\r\n\r\n", "1 unknown")]
    [InlineData(">3\r\n$10\r\nSMIGRATING\r\n:1\r\n$5\r\n1,x,3\r\n", "1 unknown")]
    [InlineData(">3\r\n$10\r\nSMIGRATING\r\n:1\r\n$5\r\n16384\r\n", "1 unknown")]
    [InlineData(">3\r\n$10\r\nSMIGRATING\r\n:1\r\n$3\r\n7-5\r\n", "1 unknown")]
    [InlineData(">3\r\n$10\r\nSMIGRATING\r\n:1\r\n*1\r\n:5\r\n", "1 unknown")]
    public void SMIGRATING_says_which_slots_and_no_time(string frame, string expected)
    {
        var notification = Read(frame);

        Assert.Equal(MaintenanceNotificationKind.SlotsMigrating, notification.Kind);
        Assert.Null(notification.Seconds);
        Assert.Null(notification.ShardIds);
        Assert.Null(notification.Migrations);
        Assert.Equal(expected, $"{notification.Sequence?.ToString() ?? "?"} {Text(notification.Slots)}");
    }

    [Theory]
    [InlineData(Name + "*1\r\n*3\r\n" + Source + Target + "$9\r\n5000-7000\r\n", "6379>6380:5000-7000")]
    [InlineData(Name + "*1\r\n*3\r\n" + Source + Target + "$3\r\n123\r\n", "6379>6380:123-123")]
    [InlineData(Name + "*1\r\n*3\r\n" + Source + Target + "$9\r\n123,5-700\r\n", "6379>6380:123-123 5-700")]
    [InlineData(Name + "*1\r\n*3\r\n+127.0.0.1:6379\r\n+127.0.0.1:6380\r\n+5000-7000\r\n", "6379>6380:5000-7000")]
    [InlineData(Name + "*2\r\n*3\r\n" + Source + Target + "$1\r\n1\r\n*3\r\n" + Source + Other + "$1\r\n2\r\n", "6379>6380:1-1;6379>6381:2-2")]
    [InlineData(Name + "*2\r\n*3\r\n" + Source + Target + "$1\r\n1\r\n*3\r\n" + Other + Target + "$1\r\n2\r\n", "6379>6380:1-1;6381>6380:2-2")]
    [InlineData(Name + "*1\r\n*4\r\n" + Source + Target + "$1\r\n1\r\n*1\r\n:9\r\n", "6379>6380:1-1")] // more than three
    [InlineData(Name + "*1\r\n*3\r\n$11\r\n[::1]:16379\r\n$11\r\nfd00::7:638\r\n$1\r\n1\r\n", "16379>638:1-1")]
    public void SMIGRATED_says_what_went_where(string frame, string expected) => Assert.Equal(expected, Migrations(frame));

    [Theory]
    [InlineData(Name + "*0\r\n", "")]
    [InlineData(Name + "_\r\n", "")]
    [InlineData(Name + "$3\r\nabc\r\n", "")]
    [InlineData(Name + ":5\r\n", "")]
    [InlineData(">2\r\n$9\r\nSMIGRATED\r\n:19\r\n", "")]
    [InlineData(">5\r\n$9\r\nSMIGRATED\r\n:19\r\n" + Source + Target + "$3\r\n1-2\r\n", "")] // flat
    [InlineData(Name + "*1\r\n*2\r\n" + Target + "$3\r\n123\r\n", "")] // pairs
    [InlineData(Name + "*1\r\n$3\r\nabc\r\n", "")]
    [InlineData(Name + "*1\r\n*3\r\n" + Source + "_\r\n$1\r\n1\r\n", "")]
    [InlineData(Name + "*1\r\n*3\r\n$6\r\n?:6379\r\n" + Target + "$1\r\n1\r\n", "")]
    [InlineData(Name + "*1\r\n*3\r\n$5\r\n:6379\r\n" + Target + "$1\r\n1\r\n", "")]
    [InlineData(Name + "*1\r\n*3\r\n" + Source + "$4\r\nhost\r\n$1\r\n1\r\n", "")]
    [InlineData(Name + "*1\r\n*3\r\n" + Source + Target + "$1\r\nx\r\n", "")]
    [InlineData(Name + "*1\r\n*3\r\n" + Source + Target + "*1\r\n:1\r\n", "")]
    [InlineData(Name + "*3\r\n*2\r\n*2\r\n:1\r\n:2\r\n_\r\n*3\r\n" + Source + Target + "$1\r\n1\r\n*0\r\n", "6379>6380:1-1")]
    public void An_entry_that_cannot_be_read_is_left_out_and_the_news_is_kept(string frame, string expected) => Assert.Equal(expected, Migrations(frame));

    [Theory]
    [InlineData(Name + "*1\r\n*3\r\n" + Source)]
    [InlineData(Name + "*2\r\n*0\r\n")]
    [InlineData(">3\r\n$9\r\nSMIGRATED\r\n:-1\r\n*0\r\n")]
    [InlineData(">3\r\n$10\r\nSMIGRATING\r\n:x\r\n$1\r\n1\r\n")]
    public void Half_a_frame_or_a_bad_number_is_nothing(string frame) => Assert.False(MaintenanceNotificationReader.TryRead(Wire.Bytes(frame), out _));

    [Fact]
    public void Random_frames_never_throw() =>
        Gen.OneOf(
            "*1\r\n", "*3\r\n", "*2\r\n", Source, Target, "$3\r\n1-2\r\n", "+1,2\r\n", ":1\r\n", "_\r\n", "*-1\r\n", "$-1\r\n", "%1\r\n", "|1\r\n", "x", "\r\n", "*99999999\r\n")
        .Array[0, 12].Sample(
            pieces =>
            {
                MaintenanceNotificationReader.TryRead(Wire.Bytes(Name + string.Concat(pieces)), out _);
                MaintenanceNotificationReader.TryRead(Wire.Bytes(">3\r\n+SMIGRATING\r\n:1\r\n" + string.Concat(pieces)), out _);
            },
            iter: 20_000);

    private static ReceivedNotification Read(string frame)
    {
        Assert.True(MaintenanceNotificationReader.TryRead(Wire.Bytes(frame), out var notification));
        return notification!;
    }

    private static string Migrations(string frame)
    {
        var notification = Read(frame);
        Assert.Equal(MaintenanceNotificationKind.SlotsMigrated, notification.Kind);
        Assert.Equal(19, notification.Sequence);
        Assert.NotNull(notification.Migrations);
        return string.Join(';', notification.Migrations.Select(static item => $"{item.Source.Port}>{item.Target.Port}:{Text(item.Slots)}"));
    }

    private static string Text(IReadOnlyList<SlotRange>? slots) =>
        slots is null ? "unknown" : string.Join(' ', slots.Select(static range => $"{range.First}-{range.Last}"));
}
