using Baton.Protocol.Commands;
using Baton.Server.Engines;
using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

public sealed class SessionExecTests
{
    [Fact]
    public void Select_inside_multi_concerns_what_follows_and_no_other_client_of_the_shared_link()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        MemoryClient other = world.Connect();

        client.Send("MULTI").Send("SET", "k", "0").Send("SELECT", "2").Send("SET", "k", "2").Send("SELECT", "99").Send("EXEC").Send("GET", "k");
        other.Send("GET", "k");

        Assert.Equal("+OK\r\n", client.Next());
        Assert.All(client.Next(4), reply => Assert.Equal("+QUEUED\r\n", reply));
        Assert.Equal("*4\r\n+OK\r\n+OK\r\n+OK\r\n-ERR DB index is out of range\r\n", client.Next());
        Assert.Equal("$1\r\n2\r\n", client.Next());
        other.Next();
        Assert.Equal("$1\r\n0\r\n", other.Ask("GET", "k"));
        Assert.Equal("0", world.Engines[0].Store.Keys[(0, "k")]);
        Assert.Equal("2", world.Engines[0].Store.Keys[(2, "k")]);
    }

    [Fact]
    public void Commands_about_the_connection_are_carried_out_in_their_place()
    {
        ProxyWorld world = new(loops: 2);
        MemoryClient client = world.Connect();
        string id = client.Ask("CLIENT", "ID");

        client.Send("MULTI").Send("CLIENT", "GETNAME").Send("INCR", "k").Send("CLIENT", "SETNAME", "joe").Send("CLIENT", "ID").Send("INCR", "k")
            .Send("CLIENT", "GETNAME").Send("CLIENT", "LIST").Send("CLIENT", "SETNAME", "a b").Send("EXEC").Send("CLIENT", "GETNAME");

        Assert.Equal("+OK\r\n", client.Next());
        Assert.All(client.Next(8), reply => Assert.Equal("+QUEUED\r\n", reply));
        string answers = client.Next();
        Assert.StartsWith($"*8\r\n$-1\r\n:1\r\n+OK\r\n{id}:2\r\n$3\r\njoe\r\n$", answers);
        Assert.Contains("name=joe", answers, StringComparison.Ordinal);
        Assert.EndsWith("\r\n-ERR Client names cannot contain spaces, newlines or special characters.\r\n", answers);
        Assert.Equal("$3\r\njoe\r\n", client.Next());
    }

    [Fact]
    public void Nothing_of_the_session_changes_when_the_engine_did_not_run_the_transaction()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("WATCH", "k");
        world.Connect().Ask("SET", "k", "1");

        client.Send("MULTI").Send("SELECT", "2").Send("CLIENT", "SETNAME", "joe").Send("SET", "k", "2").Send("EXEC").Send("CLIENT", "GETNAME").Send("GET", "k");

        Assert.Equal(["*-1\r\n", "$-1\r\n", "$1\r\n1\r\n"], client.Next(7)[4..]);
        client.Send("MULTI").Send("CLIENT", "SETNAME", "joe").Send("DISCARD").Send("CLIENT", "GETNAME");
        Assert.Equal("$-1\r\n", client.Next(4)[3]);
    }

    [Fact]
    public void A_transaction_of_nothing_else_needs_no_engine()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        int before = world.Engines[0].Received.Count;

        client.Send("MULTI").Send("CLIENT", "SETNAME", "joe").Send("EXEC");

        Assert.Equal("*1\r\n+OK\r\n", client.Next(3)[2]);
        Assert.Equal(before, world.Engines[0].Received.Count);
    }

    [Fact]
    public void A_tracking_client_reads_on_in_the_database_selected_inside_multi()
    {
        ProxyWorld world = new();
        MemoryClient client = world.ConnectResp3();
        client.Ask("CLIENT", "TRACKING", "ON");
        client.Send("MULTI").Send("SELECT", "2").Send("SET", "k", "2").Send("EXEC").Send("GET", "k");

        Assert.Equal("$1\r\n2\r\n", client.Next(5)[4]);
        world.Switch();
        client.Next();
        Assert.Equal("$1\r\n2\r\n", client.Ask("GET", "k"));
    }

    [Fact]
    public void The_embedded_engine_is_not_asked_to_select_in_a_transaction()
    {
        EngineCapabilities garnet = new(EngineKind.Garnet, "garnet 2.2.8", CommandTable.Redis, false, false, false, false, SafeBlocking: false);
        ProxyWorld world = new(capabilities: garnet);
        MemoryClient client = world.Connect();
        client.Ask("MULTI");

        Assert.StartsWith("-ERR SELECT inside MULTI: the embedded engine", client.Ask("SELECT", "1"));
        Assert.StartsWith("-EXECABORT", client.Ask("EXEC"));
    }
}
