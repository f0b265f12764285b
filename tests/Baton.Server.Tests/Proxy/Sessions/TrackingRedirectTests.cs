using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

/// <summary>CLIENT TRACKING … REDIRECT, and tracking in RESP2: what whom is told; see RedisTrackingTests for the same beside a plain server.</summary>
public sealed class TrackingRedirectTests
{
    private const string AllInResp2 = "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n$-1\r\n";

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    public void A_resp2_subscriber_is_told_instead_also_after_a_switch_and_on_another_loop(int shards, int loops)
    {
        ProxyWorld world = new(shards: shards, loops: loops);
        MemoryClient told = Subscriber(world, out string id);
        MemoryClient reader = world.Connect();
        MemoryClient writer = world.Connect();
        Assert.Equal("+OK\r\n", reader.Ask("CLIENT", "TRACKING", "ON", "REDIRECT", id));
        Assert.Equal($":{id}\r\n", reader.Ask("CLIENT", "GETREDIR"));
        Assert.Contains($" redir={id} ", reader.Ask("CLIENT", "INFO"));

        foreach (string key in (string[])["a", "b", "c"])
        {
            reader.Ask("GET", key);
            writer.Ask("SET", key, "1");
            Assert.Equal(Message(key), told.Next());
            writer.Ask("SET", key, "2");
        }

        world.Switch();
        Assert.Equal(AllInResp2, told.Next());
        reader.Ask("GET", "a");
        writer.Ask("SET", "a", "3");
        Assert.Equal(Message("a"), told.Next());
        Assert.Equal("$1\r\n3\r\n", reader.Ask("GET", "a"));
        Assert.Empty(reader.Frames);
        Assert.Empty(told.Frames);
    }

    [Fact]
    public void A_resp3_connection_is_told_by_pushes_and_one_of_resp2_without_subscription_nothing()
    {
        ProxyWorld world = new();
        MemoryClient modern = world.ConnectResp3();
        MemoryClient old = world.Connect();
        MemoryClient[] readers = [world.Connect(), world.ConnectResp3()];
        Assert.Equal("+OK\r\n", readers[0].Ask("CLIENT", "TRACKING", "ON", "REDIRECT", IdOf(modern)));
        Assert.Equal("+OK\r\n", readers[1].Ask("CLIENT", "TRACKING", "ON", "REDIRECT", IdOf(old)));
        Array.ForEach(readers, static reader => reader.Ask("GET", "a"));

        world.Connect().Ask("SET", "a", "1");

        Assert.Equal(Push("a"), modern.Next());
        Assert.Equal("+PONG\r\n", old.Ask("PING"));
        Assert.All(readers, static reader => Assert.Equal("+PONG\r\n", reader.Ask("PING")));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void When_the_other_connection_has_ended_the_reader_is_told_so_in_resp3_and_shows_it(int protocol)
    {
        ProxyWorld world = new(loops: 2);
        MemoryClient told = Subscriber(world, out string id);
        MemoryClient reader = protocol == 3 ? world.ConnectResp3() : world.Connect();
        reader.Ask("CLIENT", "TRACKING", "ON", "REDIRECT", id);
        reader.Ask("GET", "a");
        told.Close();
        world.Driver.Settle();
        Assert.DoesNotContain("broken_redirect", reader.Ask("CLIENT", "TRACKINGINFO"));

        world.Connect().Ask("SET", "a", "1");
        world.Driver.Settle();

        Assert.Equal(protocol == 3 ? [$">2\r\n$21\r\ntracking-redir-broken\r\n:{id}\r\n"] : [], reader.Frames);
        reader.Frames.Clear();
        Assert.Contains("broken_redirect", reader.Ask("CLIENT", "TRACKINGINFO"));
        Assert.Contains(" flags=tR ", reader.Ask("CLIENT", "INFO"));
        Subscriber(world, out string next);
        Assert.Equal("+OK\r\n", reader.Ask("CLIENT", "TRACKING", "ON", "REDIRECT", next));
        Assert.DoesNotContain("broken_redirect", reader.Ask("CLIENT", "TRACKINGINFO"));
    }

    [Fact]
    public void In_resp2_without_redirect_engines_track_and_nobody_is_told_until_hello_3()
    {
        ProxyWorld world = new();
        MemoryClient reader = world.Connect();
        MemoryClient writer = world.Connect();
        Assert.Equal("+OK\r\n", reader.Ask("CLIENT", "TRACKING", "ON"));
        reader.Ask("GET", "a");
        writer.Ask("SET", "a", "1");
        Assert.Equal("+PONG\r\n", reader.Ask("PING"));

        Assert.StartsWith("%", reader.Ask("HELLO", "3"));
        reader.Ask("GET", "a");
        writer.Ask("SET", "a", "2");
        Assert.Equal(Push("a"), reader.Next());

        reader.Ask("GET", "a");
        Assert.StartsWith("*", reader.Ask("HELLO", "2"));
        writer.Ask("SET", "a", "3");
        Assert.Equal("+PONG\r\n", reader.Ask("PING"));
        Assert.Equal(":0\r\n", reader.Ask("CLIENT", "GETREDIR"));
    }

    [Fact]
    public void Nothing_is_missed_while_a_redirect_begins_on_one_shard_and_not_yet_on_another()
    {
        ProxyWorld world = new(shards: 2);
        MemoryClient told = Subscriber(world, out string id);
        MemoryClient reader = world.ConnectResp3();
        MemoryClient writer = world.Connect();
        reader.Ask("CLIENT", "TRACKING", "ON");
        reader.Ask("GET", "b");
        writer.Ask("GET", "a");

        // The links for invalidations are there after this one, so that only the answer of the stalled engine is waited for.
        reader.Ask("CLIENT", "TRACKING", "ON", "REDIRECT", id);
        reader.Ask("CLIENT", "TRACKING", "ON");
        reader.Ask("GET", "b");
        world.Engines[1].Stall(true);
        reader.Send("CLIENT", "TRACKING", "ON", "REDIRECT", id);
        world.Driver.Settle();
        writer.Ask("SET", "b", "1");
        world.Driver.Settle();
        world.Engines[1].Stall(false);

        Assert.Equal("+OK\r\n", reader.Next());
        Assert.Equal(Message("b"), told.Next());
    }

    [Fact]
    public void Its_links_end_with_the_session_whichever_of_them_is_lost_and_off_gives_them_back()
    {
        ProxyWorld world = new();
        Subscriber(world, out string id);
        MemoryClient reader = world.Connect();
        reader.Ask("CLIENT", "TRACKING", "ON", "REDIRECT", id);
        int tracking = world.Engines[0].ConnectionCount;
        reader.Ask("CLIENT", "TRACKING", "OFF");
        world.Driver.Settle();
        Assert.Equal(tracking - 2, world.Engines[0].ConnectionCount);

        reader.Ask("CLIENT", "TRACKING", "ON", "REDIRECT", id);
        world.Engines[0].CutTracking();

        Assert.Equal(CloseReason.ClosedByPeer, reader.WaitClosed());
        world.Driver.Settle();
        Assert.Equal(tracking - 2, world.Engines[0].ConnectionCount);
    }

    private static MemoryClient Subscriber(ProxyWorld world, out string id)
    {
        MemoryClient client = world.Connect();
        id = IdOf(client);
        client.Ask("SUBSCRIBE", "__redis__:invalidate");
        return client;
    }

    private static string IdOf(MemoryClient client) => client.Ask("CLIENT", "ID")[1..^2];

    private static string Message(string key) =>
        $"*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n*1\r\n${key.Length}\r\n{key}\r\n";

    private static string Push(string key) => $">2\r\n$10\r\ninvalidate\r\n*1\r\n${key.Length}\r\n{key}\r\n";
}
