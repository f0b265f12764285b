using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Commands;

public sealed class ScriptCommandsTests
{
    private const string Body = "return 1";
    private const string Sha1 = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db";
    private const string Answer = "$8\r\nreturn 1\r\n";

    [Fact]
    public void What_ran_on_one_shard_can_be_called_by_its_hash_on_every_shard()
    {
        ProxyWorld world = new(seed: 3, shards: 3);
        MemoryClient client = world.Connect();
        Assert.Equal(Answer, client.Ask("EVAL", Body, "1", "a"));

        for (int i = 0; i < 30; i++)
        {
            client.Send("SET", $"k{i}", "v").Send("EVALSHA", i % 2 == 0 ? Sha1 : Sha1.ToUpperInvariant(), "1", $"k{i}");
        }

        foreach (string[] pair in client.Next(60).Chunk(2))
        {
            Assert.Equal(["+OK\r\n", Answer], pair);
        }

        Assert.Equal("*2\r\n:1\r\n:0\r\n", client.Ask("SCRIPT", "EXISTS", Sha1, new string('0', 40)));
    }

    [Fact]
    public void A_script_is_sent_to_a_shard_only_until_the_shard_has_confirmed_it()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("EVAL", Body, "0");

        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(Answer, client.Ask("EVALSHA", Sha1, "0"));
        }

        Assert.Single(world.Engines[0].Received, line => line.StartsWith("SCRIPT LOAD", StringComparison.Ordinal));
    }

    [Fact]
    public void An_engine_that_started_again_without_its_scripts_is_given_them()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("SCRIPT", "LOAD", Body);
        Assert.Equal(Answer, client.Ask("EVALSHA", Sha1, "0"));

        world.Engines[0].CutAll();
        world.Engines[0].Scripts.Clear();
        world.Driver.Settle();

        Assert.Equal(Answer, client.Ask("EVALSHA", Sha1, "0"));
    }

    [Fact]
    public void A_hash_nobody_sent_the_body_of_and_a_flushed_one_are_answered_noscript()
    {
        ProxyWorld world = new(seed: 2, shards: 2, loops: 2);
        MemoryClient client = world.Connect();
        MemoryClient other = world.Connect();
        Assert.StartsWith("-NOSCRIPT", client.Ask("EVALSHA", Sha1, "1", "a"));

        client.Ask("SCRIPT", "LOAD", Body);
        Assert.Equal(Answer, other.Ask("EVALSHA", Sha1, "1", "a"));
        Assert.Equal("+OK\r\n", client.Ask("SCRIPT", "FLUSH"));

        Assert.StartsWith("-NOSCRIPT", client.Ask("EVALSHA", Sha1, "1", "a"));
        Assert.StartsWith("-NOSCRIPT", other.Ask("EVALSHA", Sha1, "1", "b"));
        other.Ask("EVAL", Body, "1", "a");
        Assert.Equal([Answer, Answer], client.Send("EVALSHA", Sha1, "1", "a").Send("EVALSHA", Sha1, "1", "b").Next(2));
    }

    [Fact]
    public void A_body_that_does_not_compile_stays_unknown()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();

        Assert.StartsWith("-ERR", client.Ask("EVAL", "return !", "0"));

        Assert.StartsWith("-NOSCRIPT", client.Ask("EVALSHA", "3c88a95dc51a6005287c00a1c90878387fb13bf4", "0"));
        Assert.Equal("$-1\r\n", client.Ask("GET", "k"));
    }

    [Fact]
    public void A_transaction_and_a_watching_one_find_the_script_too()
    {
        ProxyWorld world = new(seed: 4, shards: 2);
        MemoryClient client = world.Connect();
        client.Ask("EVAL", Body, "1", "b");
        world.Engines[0].Scripts.Clear();
        world.Engines[1].Scripts.Clear();

        client.Send("MULTI").Send("SET", "a", "1").Send("EVALSHA", Sha1, "1", "a").Send("EXEC").Send("GET", "a");
        Assert.Equal(["+OK\r\n", "+QUEUED\r\n", "+QUEUED\r\n", $"*2\r\n+OK\r\n{Answer}", "$1\r\n1\r\n"], client.Next(5));

        client.Send("WATCH", "b").Send("MULTI").Send("EVALSHA", Sha1, "1", "b").Send("EXEC");
        Assert.Equal(["+OK\r\n", "+OK\r\n", "+QUEUED\r\n", $"*1\r\n{Answer}"], client.Next(4));
    }

    [Fact]
    public void A_script_that_came_in_a_transaction_is_known_everywhere()
    {
        ProxyWorld world = new(seed: 4, shards: 3);
        MemoryClient client = world.Connect();
        client.Send("MULTI").Send("EVAL", Body, "1", "a").Send("EXEC").Next(3);

        foreach (string key in (string[])["a", "b", "c", "d"])
        {
            Assert.Equal(Answer, client.Ask("EVALSHA", Sha1, "1", key));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Calls_by_hash_that_meet_a_switch_are_answered_in_order(int seed)
    {
        ProxyWorld world = new(seed, loops: 2);
        MemoryClient[] clients = [.. Enumerable.Range(0, 4).Select(_ => world.Connect())];
        clients[0].Ask("SCRIPT", "LOAD", Body);
        for (int round = 0; round < 3; round++)
        {
            foreach (MemoryClient client in clients)
            {
                client.Send("INCR", $"n{client.Address}").Send("EVALSHA", Sha1, "0");
            }

            world.Switch();
        }

        foreach (MemoryClient client in clients)
        {
            Assert.Equal([":1\r\n", Answer, ":2\r\n", Answer, ":3\r\n", Answer], client.Next(6));
        }
    }
}
