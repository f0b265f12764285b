using System.Text;
using Baton.Protocol.Subscriptions;
using Xunit;

namespace Baton.Client.StackExchangeRedis.Tests.Wire;

public sealed class RequestWatchTests
{
    private const string Script = "HELLO 3 SETNAME x|CLIENT SETINFO lib-name y|CLIENT MAINT_NOTIFICATIONS ON moving-endpoint-type none|SELECT 4|GET k"
        + "|SUBSCRIBE a b|PSUBSCRIBE p*|SSUBSCRIBE s|UNSUBSCRIBE a|WATCH w|MULTI|SET k v|EXEC|SELECT 5";

    [Fact]
    public void Cut_at_every_byte_the_same_is_sent_and_noted()
    {
        var bytes = Encode(Script);
        var expected = Encode(Script.Replace("type none", "type internal-ip", StringComparison.Ordinal));
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var session = new SessionRecord((_, _) => "internal-ip");
            var watch = new RequestWatch(session);
            var sent = new MemoryStream();
            Feed(watch, bytes.AsMemory(0, cut), sent);
            Feed(watch, bytes.AsMemory(cut), sent);

            Assert.Equal(Encoding.Latin1.GetString(expected), Encoding.Latin1.GetString(sent.ToArray()));
            Assert.True(watch.IsClean);
            Assert.Equal(
                ["HELLO", "CLIENT SETINFO LIB-NAME", "CLIENT MAINT_NOTIFICATIONS", "Select"], session.Now.Entries.Select(entry => entry.Key));
            Assert.Equal("*2\r\n$6\r\nSELECT\r\n$1\r\n5\r\n", Encoding.Latin1.GetString(session.Encode(session.Now.Entries[3], null)));
            Assert.Equal(
                [new(SubscriptionKind.Channel, "b"), new(SubscriptionKind.Pattern, "p*"), new(SubscriptionKind.Sharded, "s")],
                session.Now.Subscriptions.OrderBy(item => item.Kind));
        }
    }

    [Fact]
    public void It_stops_behind_a_command_and_never_inside_a_transaction()
    {
        var watch = new RequestWatch(new SessionRecord((_, asked) => asked));
        var data = Encode("GET a|WATCH w|GET w|MULTI|SET k v|EXEC|GET b");
        var places = new List<int>();
        for (var position = 0; position < data.Length;)
        {
            position += watch.Next(data.AsMemory(position), stopsWhenClean: true).Consumed;
            places.Add(position);
        }

        Assert.Equal([Encode("GET a").Length, Encode("GET a|WATCH w|GET w|MULTI|SET k v|EXEC").Length, data.Length], places);
    }

    [Fact]
    public void A_huge_value_goes_out_as_it_comes_and_is_no_place_to_stop()
    {
        var watch = new RequestWatch(new SessionRecord((_, asked) => asked));
        var data = Encode($"SET key {new string('v', 100_000)}");
        var first = watch.Next(data.AsMemory(0, 1000), stopsWhenClean: true);
        Assert.Equal((1000, 1000), (first.Send, first.Consumed));
        Assert.False(watch.IsClean);
        var last = watch.Next(data.AsMemory(1000), stopsWhenClean: true);
        Assert.Equal(data.Length - 1000, last.Send);
        Assert.True(watch.IsClean);
    }

    [Theory]
    [InlineData("MONITOR")]
    [InlineData("CLIENT REPLY OFF")]
    [InlineData("RESET")]
    public void What_cannot_be_carried_ends_all_moving(string command)
    {
        var watch = new RequestWatch(new SessionRecord((_, asked) => asked));
        watch.Next(Encode(command), false);
        Assert.True(watch.IsUnmovable);
        Assert.False(watch.IsClean);
    }

    [Fact]
    public void Newer_credentials_take_the_place_of_those_in_the_greeting()
    {
        var session = new SessionRecord((_, asked) => asked);
        var watch = new RequestWatch(session);
        Feed(watch, Encode("HELLO 3 AUTH u old SETNAME n|SELECT 1|AUTH u new"), new MemoryStream());
        var told = string.Concat(session.Now.Entries.Select(entry => Encoding.Latin1.GetString(session.Encode(entry, null))));
        Assert.Equal(Encoding.Latin1.GetString(Encode("AUTH u new|HELLO 3 SETNAME n|SELECT 1")), told);
    }

    private static void Feed(RequestWatch watch, ReadOnlyMemory<byte> data, MemoryStream sent)
    {
        while (!data.IsEmpty)
        {
            var piece = watch.Next(data, false);
            sent.Write(data.Span[..piece.Send]);
            sent.Write(piece.Then.Span);
            data = data[piece.Consumed..];
        }
    }

    private static byte[] Encode(string script)
    {
        var text = new StringBuilder();
        foreach (var words in script.Split('|').Select(command => command.Split(' ')))
        {
            text.Append($"*{words.Length}\r\n");
            foreach (var word in words)
            {
                text.Append($"${word.Length}\r\n{word}\r\n");
            }
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }
}
