using System.Net;
using System.Text;
using Baton.Protocol.Maintenance;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Baton.Client.StackExchangeRedis.Tests.Wire;

public sealed class LinkTests
{
    private const string Greeting = "%3\r\n$6\r\nserver\r\n$5\r\nredis\r\n$5\r\nproto\r\n:3\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n";
    private const string Moving = ">4\r\n$6\r\nMOVING\r\n:1\r\n:15\r\n$14\r\n127.0.0.1:6379\r\n";
    private const string Migrating = ">4\r\n$9\r\nMIGRATING\r\n:1\r\n:2\r\n$5\r\n[\"1\"]\r\n";
    private const string Message = ">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\n1\r\n";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cut_at_every_byte_only_what_StackExchange_Redis_asked_for_comes_through(bool passesMaintenance)
    {
        var first = PingMark.Next();
        var last = PingMark.Next();
        var injected = $"{Answer(first)}+OK\r\n{Answer(last)}";
        var input = $"{Greeting}+OK\r\n{Moving}*2\r\n$1\r\na\r\n:1\r\n{injected}{Message}{Migrating}$5\r\nhello\r\n{Moving}";
        var expected = $"{Greeting}+OK\r\n*2\r\n$1\r\na\r\n:1\r\n{Message}{(passesMaintenance ? Migrating : "")}$5\r\nhello\r\n";
        for (var cut = 1; cut < input.Length; cut++)
        {
            var judge = new ReplyJudge(true, passesMaintenance);
            var heard = new List<ReceivedNotification>();
            judge.MovingHeard = (_, moving) => heard.Add(moving);
            judge.Expect(new Injection(first, last));
            using var link = LinkOver(new ScriptedTransport(input[..cut], input[cut..]));

            Assert.Equal(expected, await ReadAllAsync(link, judge));
            Assert.Equal(2, heard.Count);
            Assert.True(judge.CanMove);
        }
    }

    [Fact]
    public async Task What_comes_behind_the_last_frame_stays_unread_until_it_serves_on()
    {
        var token = PingMark.Next();
        var judge = new ReplyJudge(true, true);
        using var link = LinkOver(new ScriptedTransport($"{Greeting}:1\r\n{Answer(token)}:2\r\n"));
        judge.Expect(new Injection(null, token) { EndsLink = true });
        Assert.Equal($"{Greeting}:1\r\n", await ReadAllAsync(link, judge));
        Assert.True(link.IsDrained);
        link.Resume();
        Assert.Equal(":2\r\n", await ReadAllAsync(link, judge));
    }

    [Theory]
    [InlineData("cluster")]
    [InlineData("sentinel")]
    public async Task Nothing_is_kept_from_a_cluster_or_a_sentinel(string mode)
    {
        var greeting = Greeting.Replace("$10\r\nstandalone", $"${mode.Length}\r\n{mode}", StringComparison.Ordinal);
        var judge = new ReplyJudge(true, false);
        using var link = LinkOver(new ScriptedTransport($"{greeting}{Moving}{Migrating}"));
        Assert.Equal($"{greeting}{Moving}{Migrating}", await ReadAllAsync(link, judge));
        Assert.False(judge.CanMove);
    }

    [Fact]
    public async Task Bytes_that_are_not_RESP_are_left_to_StackExchange_Redis()
    {
        using var link = LinkOver(new ScriptedTransport("HTTP/1.1 400 Bad Request\r\n"));
        Assert.Equal("HTTP/1.1 400 Bad Request\r\n", await ReadAllAsync(link, new ReplyJudge(true, true)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_write_that_fails_does_not_hide_what_had_come_before_the_end(bool failsAtOnce)
    {
        var time = new FakeTimeProvider();
        var heard = new List<ReceivedNotification>();
        var judge = new ReplyJudge(true, true) { MovingHeard = (_, moving) => heard.Add(moving) };
        var transport = new ScriptedTransport($"{Greeting}:1\r\n{Moving}")
        {
            Sending = failsAtOnce ? static () => throw new IOException("Broken pipe") : static () => ValueTask.FromException(new IOException("Broken pipe")),
        };
        using var link = LinkOver(transport, time);

        await link.PassAsync("PING\r\n"u8.ToArray());
        Assert.Equal($"{Greeting}:1\r\n", await ReadAllAsync(link, judge));
        Assert.Single(heard);

        Assert.False(transport.IsAborted);
        time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.True(SpinWait.SpinUntil(() => transport.IsAborted, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Messages_delivered_already_are_taken_out_channel_by_channel()
    {
        var overlap = new OverlapRecord();
        foreach (var message in (string[])["a1", "b1", "a2", "a3", "b2"])
        {
            overlap.Add(Frame(message));
        }

        List<byte[]> fresh = [.. ((string[])["b2", "a2", "b3", "a3", "a4", "c1"]).Select(Frame)];
        Assert.Equal(((string[])["b3", "a4", "c1"]).Select(Frame), overlap.WithoutDelivered(fresh));
    }

    private static Link LinkOver(ScriptedTransport transport, TimeProvider? time = null) =>
        new(1, transport, new RedisEndpoint("x", 1), time ?? TimeProvider.System);

    private static byte[] Frame(string message) => Encoding.Latin1.GetBytes($">3\r\n$7\r\nmessage\r\n$1\r\n{message[0]}\r\n$1\r\n{message[1]}\r\n");

    private static string Answer(byte[] token) => $"${token.Length}\r\n{Encoding.Latin1.GetString(token)}\r\n";

    private static async Task<string> ReadAllAsync(Link link, ReplyJudge judge)
    {
        var text = new StringBuilder();
        var buffer = new byte[7];
        while (true)
        {
            for (var count = link.Take(buffer, judge); count > 0; count = link.Take(buffer, judge))
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }

            if (link.IsDrained || link.HasEnded)
            {
                return text.ToString();
            }

            await link.ReceiveAsync();
        }
    }

    private sealed class ScriptedTransport(params string[] pieces) : ITransport
    {
        private int _next;

        public EndPoint? RemoteEndPoint => null;

        public ValueTask<int> ReceiveAsync(Memory<byte> buffer)
        {
            var piece = _next < pieces.Length ? Encoding.Latin1.GetBytes(pieces[_next++]) : [];
            piece.CopyTo(buffer);
            return new ValueTask<int>(piece.Length);
        }

        public Func<ValueTask> Sending { get; init; } = static () => default;

        public bool IsAborted { get; private set; }

        public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => Sending();

        public void Abort() => IsAborted = true;
    }
}
