using System.Globalization;
using System.Text;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

/// <summary>Large replies, commands and subscriptions of one client, and what the others notice.</summary>
public sealed class LargeValuesTests
{
    private const int Large = 6 * ShardLink.LargeBytes;

    [Fact]
    public void While_a_large_reply_is_on_its_way_who_asks_for_something_else_does_not_wait_for_it()
    {
        ProxyWorld world = NewWorld();
        MemoryClient reader = BeginToRead(world);

        Assert.Equal("+OK\r\n", world.Connect().Ask("SET", "k", "v"));
        Assert.Empty(reader.Frames);

        Assert.Equal($"${Large}\r\n{new string('v', Large)}\r\n", reader.Next());
    }

    [Fact]
    public void While_a_large_command_is_on_its_way_who_asks_for_something_else_does_not_wait_for_it()
    {
        ProxyWorld world = NewWorld();
        MemoryClient writer = world.Connect();
        MemoryClient bystander = world.Connect();
        bystander.Ask("SET", "k", "v");
        writer.Send("SET", "uploaded", new string('u', Large));
        world.Driver.RunUntil(() => writer.UnsentBytes == 0);

        Assert.Equal("$1\r\nv\r\n", bystander.Ask("GET", "k"));
        Assert.Empty(writer.Frames);

        Assert.Equal("+OK\r\n", writer.Next());
        Assert.Equal(Large, ((string)world.Engines[0].Store.Keys[(0, "uploaded")]).Length);
    }

    [Fact]
    public void Who_reads_large_values_again_and_again_is_gone_around_from_the_moment_it_asks()
    {
        ProxyWorld world = NewWorld();
        MemoryClient bystander = world.Connect();
        bystander.Ask("SET", "k", "v");
        MemoryClient reader = world.Connect();
        reader.Ask("GET", "large");
        int before = reader.Everything.Length;
        world.Engines[0].Received.Clear();
        reader.Send("GET", "large");
        world.Driver.RunUntil(() => world.Engines[0].Received.Count == 1);

        Assert.Equal("$1\r\nv\r\n", bystander.Ask("GET", "k"));
        Assert.InRange(reader.Everything.Length - before, 0, Large / 2);

        Assert.Equal(Large, reader.Next().Length - $"${Large}\r\n\r\n".Length);
    }

    [Fact]
    public void A_large_transaction_is_executed_whole()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("MULTI");
        for (int i = 0; i < 6; i++)
        {
            client.Ask("SET", $"k{i}", new string((char)('a' + i), 700_000));
        }

        Assert.Equal($"*6\r\n{string.Concat(Enumerable.Repeat("+OK\r\n", 6))}", client.Ask("EXEC"));
        Assert.Equal($"$700000\r\n{new string('f', 700_000)}\r\n", client.Ask("GET", "k5"));
    }

    [Fact]
    public void Who_has_asked_behind_it_already_keeps_its_order()
    {
        ProxyWorld world = NewWorld();
        MemoryClient behind = world.Connect();
        behind.Ask("SET", "n", "0");
        for (int i = 0; i < 60; i++)
        {
            behind.Ask("GET", "n");
        }

        MemoryClient reader = BeginToRead(world, () => behind.Send("INCR", "n"));
        world.Connect().Ask("SET", "k", "v");
        Assert.Empty(reader.Frames);
        for (int i = 0; i < 50; i++)
        {
            behind.Send("INCR", "n");
        }

        Assert.Equal(Enumerable.Range(1, 51).Select(n => string.Create(CultureInfo.InvariantCulture, $":{n}\r\n")), behind.Next(51));
    }

    [Fact]
    public void Many_subscriptions_of_one_client_are_confirmed_in_several_turns()
    {
        const int Names = 10_000;
        ProxyWorld world = new();
        MemoryClient client = world.ConnectResp3();
        int before = 0;
        int most = 0;
        int looks = 0;
        void Look()
        {
            int now = world.Plane.Loops[0].Databases[ProxyWorld.Database].Sessions.Values.Sum(static session => session.ChannelCount);
            most = Math.Max(most, Math.Abs(now - before));
            before = now;
            if (looks++ < 5_000)
            {
                world.Driver.Loops[0].Post(Look);
            }
        }

        world.Driver.Loops[0].Post(Look);
        string[] names = [.. Enumerable.Range(0, Names).Select(static n => $"c{n}")];
        client.Send([.. names.Prepend("SUBSCRIBE")]);
        Assert.EndsWith($":{Names}\r\n", client.Next(Names)[^1]);
        client.Send("UNSUBSCRIBE");
        Assert.EndsWith(":0\r\n", client.Next(Names)[^1]);

        Assert.Equal("+PONG\r\n", client.Ask("PING"));
        Assert.InRange(most, 1, Subscriptions.MaxConfirmedPerTurn);
    }

    [Fact]
    public void A_command_of_very_many_arguments_is_carried_out()
    {
        const int Members = 1_100_000;
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        StringBuilder command = new($"*{Members + 1}\r\n$6\r\nEXISTS\r\n");
        for (int i = 0; i < Members; i++)
        {
            command.Append("$1\r\nk\r\n");
        }

        client.Ask("SET", "k", "v");
        client.SendRaw(command.ToString());

        Assert.Equal($":{Members}\r\n", client.Next());
    }

    private static ProxyWorld NewWorld()
    {
        ProxyWorld world = new();
        world.Driver.MaxChunk = 64 * 1024;
        world.Engines[0].Store.Keys[(0, "large")] = new string('v', Large);
        return world;
    }

    private static MemoryClient BeginToRead(ProxyWorld world, Action? behind = null)
    {
        MemoryClient reader = world.Connect();
        reader.Send("GET", "large");
        world.Driver.RunUntil(() => reader.Everything.Length > 0);
        behind?.Invoke();
        world.Driver.RunUntil(() => reader.Everything.Length > 2 * ShardLink.LargeBytes);
        return reader;
    }
}
