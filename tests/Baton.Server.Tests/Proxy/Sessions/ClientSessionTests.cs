using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

public sealed class ClientSessionTests
{
    [Fact]
    public void Commands_pass_through_to_the_engine_and_back()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();

        Assert.Equal("+OK\r\n", client.Ask("SET", "k", "v"));
        Assert.Equal("$1\r\nv\r\n", client.Ask("GET", "k"));
        Assert.Equal("$-1\r\n", client.Ask("GET", "nothing"));
    }

    [Fact]
    public void Inline_commands_are_understood()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();

        client.SendRaw("SET k \"a b\"\r\nGET k\r\n\r\nPING\r\n");

        Assert.Equal(["+OK\r\n", "$3\r\na b\r\n", "+PONG\r\n"], client.Next(3));
    }

    [Fact]
    public void A_pipeline_is_answered_in_order_with_local_replies_in_their_places()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();

        client.Send("SET", "k", "1").Send("PING").Send("INCR", "k").Send("NOSUCH", "a b").Send("GET", "k").Send("ECHO", "end");

        Assert.Equal(
            ["+OK\r\n", "+PONG\r\n", ":2\r\n", "-ERR unknown command 'NOSUCH', with args beginning with: 'a b' \r\n", "$1\r\n2\r\n", "$3\r\nend\r\n"],
            client.Next(6));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void A_transcript_cut_at_every_byte_gives_the_same_answers(int chunk)
    {
        ProxyWorld world = new(seed: chunk, shards: 2);
        world.Driver.MaxChunk = chunk;
        MemoryClient client = world.Connect();

        client.Send("HELLO", "3").Send("SET", "a", "1").Send("MSET", "b", "2", "c", "3").Send("MGET", "a", "b", "c", "d");
        client.SendRaw("GET a\r\n");
        client.Send("MULTI").Send("INCR", "a").Send("EXEC").Send("DEL", "a", "b", "c", "d").Send("CLIENT", "GETNAME");

        string hello = client.Next();
        Assert.StartsWith("%7\r\n", hello);
        Assert.Equal(
            ["+OK\r\n", "+OK\r\n", "*4\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n_\r\n", "$1\r\n1\r\n", "+OK\r\n", "+QUEUED\r\n", "*1\r\n:2\r\n", ":3\r\n", "_\r\n"],
            client.Next(9));
    }

    [Fact]
    public void Random_bytes_end_with_a_protocol_error_or_replies_and_never_harm_others()
    {
        Random random = new(20261123);
        ProxyWorld world = new(seed: 3, shards: 2);
        MemoryClient bystander = world.Connect();
        for (int round = 0; round < 300; round++)
        {
            MemoryClient client = world.Connect();
            byte[] noise = new byte[random.Next(1, 200)];
            random.NextBytes(noise);
            if (random.Next(2) == 0)
            {
                client.SendRaw("*2\r\n$3\r\nGET\r\n$1\r\nx\r\n");
            }

            client.SendRaw(noise);
            world.Driver.Settle();
            Assert.Equal("+PONG\r\n", bystander.Ask("PING"));
            client.Close();
        }

        Assert.Equal("+OK\r\n", bystander.Ask("SET", "still", "here"));
        world.Driver.RunUntil(() => world.Plane.Statistics.Connections == 1);
    }

    [Fact]
    public void A_protocol_error_is_told_and_then_the_connection_is_closed()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();

        client.Send("SET", "k", "v").SendRaw("*1\r\n$x\r\n");

        Assert.Equal("+OK\r\n", client.Next());
        Assert.StartsWith("-ERR Protocol error", client.Next());
        client.WaitClosed();
        Assert.Equal(1, world.Plane.Statistics.ClosedBy[CloseReason.ProtocolError]);
    }

    [Fact]
    public void Quit_is_answered_after_everything_before_it()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();

        client.Send("INCR", "k").Send("QUIT").Send("INCR", "k");

        Assert.Equal([":1\r\n", "+OK\r\n"], client.Next(2));
        client.WaitClosed();
        Assert.Equal("1", world.Engines[0].Store.Keys[(0, "k")]);
        Assert.Equal(1, world.Plane.Statistics.ClosedBy[CloseReason.Quit]);
    }

    [Fact]
    public void A_password_is_asked_for_and_checked()
    {
        ProxyWorld world = new(password: "secret");
        MemoryClient client = world.Connect();

        Assert.Equal("-NOAUTH Authentication required.\r\n", client.Ask("GET", "k"));
        Assert.Equal("-WRONGPASS invalid username-password pair or user is disabled.\r\n", client.Ask("AUTH", "wrong"));
        Assert.StartsWith("-NOAUTH HELLO must be called", client.Ask("HELLO", "3"));
        Assert.Equal("+OK\r\n", client.Ask("AUTH", "default", "secret"));
        Assert.Equal("$-1\r\n", client.Ask("GET", "k"));

        MemoryClient other = world.Connect();
        Assert.StartsWith("%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n", other.Ask("HELLO", "3", "AUTH", "default", "secret", "SETNAME", "me"));
        Assert.Equal("$2\r\nme\r\n", other.Ask("CLIENT", "GETNAME"));
    }

    [Fact]
    public void Hello_refuses_what_redis_refuses()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();

        Assert.Equal("-NOPROTO unsupported protocol version\r\n", client.Ask("HELLO", "4"));
        Assert.Equal("-ERR Protocol version is not an integer or out of range\r\n", client.Ask("HELLO", "x"));
        Assert.Equal("-ERR Syntax error in HELLO option 'NONSENSE'\r\n", client.Ask("HELLO", "3", "NONSENSE"));
        Assert.StartsWith("*14\r\n", client.Ask("HELLO"));
    }

    [Fact]
    public void Select_changes_the_database_and_keeps_the_order()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();

        client.Send("SET", "k", "zero").Send("SELECT", "3").Send("GET", "k").Send("SET", "k", "three").Send("SELECT", "0").Send("GET", "k");

        Assert.Equal(["+OK\r\n", "+OK\r\n", "$-1\r\n", "+OK\r\n", "+OK\r\n", "$4\r\nzero\r\n"], client.Next(6));
        Assert.Equal("-ERR DB index is out of range\r\n", client.Ask("SELECT", "16"));
        Assert.Equal("-ERR value is not an integer or out of range\r\n", client.Ask("SELECT", "x"));
    }

    [Fact]
    public void Client_reply_off_and_skip_hold_their_tongue()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();

        client.Send("CLIENT", "REPLY", "SKIP").Send("SET", "a", "1").Send("GET", "a")
            .Send("CLIENT", "REPLY", "OFF").Send("SET", "a", "2").Send("PING").Send("CLIENT", "REPLY", "ON").Send("GET", "a");

        Assert.Equal(["$1\r\n1\r\n", "+OK\r\n", "$1\r\n2\r\n"], client.Next(3));
    }

    [Fact]
    public void Client_list_and_kill_reach_connections_of_every_loop()
    {
        ProxyWorld world = new(loops: 3);
        MemoryClient[] clients = [.. Enumerable.Range(0, 6).Select(_ => world.Connect())];
        foreach (MemoryClient client in clients)
        {
            client.Ask("CLIENT", "SETNAME", "worker");
        }

        string list = clients[0].Ask("CLIENT", "LIST");
        Assert.Equal(6, list.Split("name=worker ").Length - 1);
        string[] ids = [.. clients.Select(client => client.Ask("CLIENT", "ID"))];
        Assert.Equal(6, ids.Distinct().Count());

        Assert.Equal(":1\r\n", clients[0].Ask("CLIENT", "KILL", "ID", ids[4].Trim()[1..]));
        clients[4].WaitClosed();
        Assert.Equal(":4\r\n", clients[0].Ask("CLIENT", "KILL", "TYPE", "normal"));
        Assert.Equal("-ERR No such client\r\n", clients[0].Ask("CLIENT", "KILL", "1.2.3.4:5"));
        Assert.Equal(5, world.Plane.Statistics.ClosedBy[CloseReason.Killed]);
    }

    [Fact]
    public void What_belongs_to_the_cluster_is_refused_by_name()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();

        Assert.Equal("-ERR This instance has cluster support disabled\r\n", client.Ask("CLUSTER", "INFO"));
        Assert.StartsWith("-ERR REPLICAOF is not available here", client.Ask("REPLICAOF", "NO", "ONE"));
        Assert.StartsWith("-ERR CONFIG SET requirepass is not available here", client.Ask("CONFIG", "SET", "requirepass", "x"));
        Assert.StartsWith("-ERR unknown subcommand 'NONSENSE'. Try CLIENT HELP.", client.Ask("CLIENT", "NONSENSE"));
        Assert.StartsWith("-ERR wrong number of arguments for 'client|setname' command", client.Ask("CLIENT", "SETNAME"));
    }

    [Fact]
    public void What_the_engine_lacks_is_refused_by_name_with_what_to_do()
    {
        ProxyWorld world = new(capabilities: ProxyWorld.Redis with
        {
            Kind = Baton.Server.Engines.EngineKind.Garnet,
            Commands = ProxyWorld.Redis.Commands.Where(row => !row.Name.StartsWith('X')),
            ScriptsInMulti = false,
        });
        MemoryClient client = world.Connect();

        Assert.Equal("-ERR XADD: the embedded engine has no streams; use --engine redis\r\n", client.Ask("XADD", "s", "*", "f", "v"));
        Assert.Equal("+OK\r\n", client.Ask("MULTI"));
        Assert.StartsWith("-ERR EVAL inside MULTI", client.Ask("EVAL", "return 1", "0"));
        Assert.StartsWith("-EXECABORT", client.Ask("EXEC"));
    }

    [Fact]
    public void A_lost_upstream_is_an_error_for_what_was_in_flight_and_a_reconnect_for_what_follows()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("SET", "k", "v");
        world.Engines[0].Stall(true);
        client.Send("GET", "k").Send("GET", "k");
        world.Driver.Settle();

        world.Engines[0].CutAll();

        Assert.StartsWith("-ERR upstream lost", client.Next());
        Assert.StartsWith("-ERR upstream lost", client.Next());
        Assert.Equal("$1\r\nv\r\n", client.Ask("GET", "k"));
    }

    [Fact]
    public void An_upstream_that_cannot_be_reached_is_waited_for_and_then_told()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        world.Engines[0].Dispose();
        long before = world.Driver.Clock.NowMs;

        string reply = client.Ask("GET", "k");

        Assert.StartsWith("-ERR upstream cannot be reached", reply);
        Assert.Contains("was not executed", reply);
        Assert.InRange(world.Driver.Clock.NowMs - before, 5_000, 6_000);
    }

    [Fact]
    public void A_client_that_goes_leaves_no_reply_to_another()
    {
        ProxyWorld world = new();
        MemoryClient stays = world.Connect();
        MemoryClient goes = world.Connect();
        stays.Ask("SET", "mine", "m");
        goes.Ask("SET", "theirs", "t");
        world.Engines[0].Stall(true);
        goes.Send("GET", "theirs");
        stays.Send("GET", "mine");
        world.Driver.Settle();

        goes.Close();
        world.Driver.Settle();
        world.Engines[0].Stall(false);

        Assert.Equal("$1\r\nm\r\n", stays.Next());
    }

    [Fact]
    public void Connection_commands_answer_as_redis_7_does_in_both_protocols()
    {
        ProxyWorld world = new();
        MemoryClient old = world.Connect();
        MemoryClient modern = world.ConnectResp3();

        Assert.Matches(@"^\$\d+\r\nid=\d+ addr=.* resp=2 .*\n\r\n$", old.Ask("CLIENT", "INFO"));
        Assert.Matches(@"^=\d+\r\ntxt:id=\d+ addr=.* resp=3 .*\n\r\n$", modern.Ask("CLIENT", "INFO"));
        Assert.Matches(@"^=\d+\r\ntxt:id=\d+ .*\nid=\d+ .*\n\r\n$", modern.Ask("CLIENT", "LIST"));
        Assert.Equal("-ERR value is not an integer or out of range\r\n", old.Ask("SELECT", "a"));
        Assert.Equal("-ERR DB index is out of range\r\n", old.Ask("SELECT", "16"));
        Assert.Equal("-ERR wrong number of arguments for 'monitor' command\r\n", old.Ask("MONITOR", "x"));
        Assert.Equal("-ERR timeout is not an integer or out of range\r\n", old.Ask("CLIENT", "PAUSE", "a"));
        Assert.Equal("-ERR CLIENT PAUSE mode must be WRITE or ALL\r\n", old.Ask("CLIENT", "PAUSE", "1", "READ"));
        Assert.Equal("+OK\r\n", old.Ask("CLIENT", "UNPAUSE"));
        Assert.Equal("+OK\r\n", old.Ask("CLIENT", "NO-EVICT", "ON"));
        Assert.Equal("-ERR syntax error\r\n", old.Ask("CLIENT", "NO-EVICT", "maybe"));
        Assert.StartsWith("-ERR DEBUG is not available here", old.Ask("DEBUG", "SLEEP", "0"));
    }
}
