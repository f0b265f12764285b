using System.Text;
using Baton.Server.Proxy;
using Baton.Server.Proxy.Upstream;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

/// <summary>
/// Every input, cut at every byte, with every kind of end, in every state a session can be in: afterwards nothing of the connection is left, neither in
/// the proxy nor on the engine, and who comes next gets what is pushed.
/// </summary>
public sealed class EndOfConnectionTests
{
    /// <summary>What brings a session into each state. The last lines of some stand behind what waits.</summary>
    private static readonly Dictionary<string, string> Inputs = new()
    {
        ["serving"] = "SET a 1|GET a|PING",
        ["multi"] = "MULTI|SET a 1|RPUSH b 1|EXEC|PING",
        ["watch"] = "WATCH a|MULTI|SET a 1|EXEC",
        ["watch in another database"] = "SELECT 3|WATCH a|SELECT 0|SET k v",
        ["blocked"] = "BLPOP q 0|SET a 1",
        ["blocked for a time"] = "BLPOP q 100|SET a 1",
        ["blocked over all shards"] = "SET a 1|WAIT 1 0|SET b 1",
        ["subscriber"] = "SUBSCRIBE news sport|PSUBSCRIBE n*|UNSUBSCRIBE news",
        ["subscriber in RESP3"] = "HELLO 3|SUBSCRIBE news|GET a|SSUBSCRIBE x",
        ["monitor"] = "MONITOR|PING",
        ["tracking"] = "HELLO 3|CLIENT TRACKING ON|GET a|SELECT 2|GET b",
        ["quit"] = "SET a 1|QUIT|SET b 1",
    };

    private enum End
    {
        FinInTheSamePacket,
        FinLater,
        Reset,
        Kill,
        Drain,
    }

    public static TheoryData<string, bool> States() =>
        [.. Inputs.Keys.SelectMany(static name => new (string, bool)[] { (name, false), (name, true) })];

    [Theory]
    [MemberData(nameof(States))]
    public void Nothing_is_left_of_it(string state, bool proxyWaits)
    {
        byte[] input = Input(state);
        foreach (End end in Enum.GetValues<End>())
        {
            for (int cut = 1; cut <= input.Length; cut++)
            {
                ProxyWorld world = World(cut, proxyWaits);
                MemoryClient client = world.Connect();
                Play(world, client, input[..cut], end);
                AssertNothingLeft(world, $"{state}, {end}, cut at {cut}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(States))]
    public void Nothing_is_left_of_it_when_it_ends_while_its_shards_are_held_or_cannot_be_reached(string state, bool proxyWaits)
    {
        byte[] input = Input(state);
        foreach (End end in Enum.GetValues<End>())
        {
            ProxyWorld world = World(1, proxyWaits);
            IShardHold[] holds = [world.Hold(1, 5_000), world.Hold(2, 5_000)];
            Play(world, world.Connect(), input, end, bounded: false);
            Array.ForEach(holds, hold => world.Driver.RunUntil(hold.ReleaseAsync()));
            AssertNothingLeft(world, $"{state}, {end}, held");

            world = World(1, proxyWaits);
            Array.ForEach(world.Engines, engine => world.Driver.BlackHole(engine.Address));
            Play(world, world.Connect(), input, end, bounded: false);
            world.Driver.Advance(20_000);
            Array.ForEach(world.Engines, engine => world.Driver.BlackHole(engine.Address, on: false));
            AssertNothingLeft(world, $"{state}, {end}, engine not reached");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_finishes_sending_behind_a_blocking_command_gets_what_is_there_and_what_follows_runs(bool proxyWaits)
    {
        ProxyWorld world = World(1, proxyWaits);
        MemoryClient other = world.Connect();
        other.Ask("RPUSH", "q", "x");
        MemoryClient client = world.Connect();

        client.SendRaw(Encoding.ASCII.GetString(Commands("BLPOP q 0|SET a 1")));
        client.EndOutput();

        Assert.Equal(["*2\r\n$1\r\nq\r\n$1\r\nx\r\n", "+OK\r\n"], client.Next(2));
        Assert.Equal(CloseReason.ClosedByPeer, client.WaitClosed());
        Assert.Equal("$1\r\n1\r\n", other.Ask("GET", "a"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_finishes_sending_behind_a_blocking_command_without_data_gets_nothing_and_nothing_behind_it_runs(bool proxyWaits)
    {
        ProxyWorld world = World(1, proxyWaits);
        MemoryClient client = world.Connect();

        client.SendRaw(Encoding.ASCII.GetString(Commands("BLPOP q 0|SET a 1")));
        client.EndOutput();

        Assert.Equal(CloseReason.ClosedByPeer, client.WaitClosed());
        Assert.Equal("", client.Everything.ToString());
        Assert.Equal("$-1\r\n", world.Connect().Ask("GET", "a"));
    }

    [Theory]
    [InlineData("PING|POST / HTTP/1.1|SET a 1")]
    [InlineData("MULTI|SET a 1|hOsT: x|EXEC")]
    public void An_http_request_is_no_client(string lines)
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();

        client.SendRaw(Commands(lines));

        client.WaitClosed();
        Assert.Equal(1, world.Plane.Statistics.ClosedBy[CloseReason.HttpRequest]);
        Assert.Equal("$-1\r\n", world.Connect().Ask("GET", "a"));
    }

    [Fact]
    public void Who_has_finished_sending_and_takes_none_of_its_replies_is_closed_after_the_limit()
    {
        ProxyWorld world = new(limits: ProxyLimits.Default with { OutputHighWatermark = 1000, MaxPipelineReplies = 10 });
        MemoryClient client = world.Connect();
        client.Ask("SET", "a", new string('x', 900));
        client.StopReading();
        for (int i = 0; i < 50; i++)
        {
            client.Send("GET", "a");
        }

        client.EndOutput();
        world.Driver.Advance(59_000);
        Assert.Equal(1, Sessions(world));

        world.Driver.Advance(5_000);

        Assert.Equal(0, Sessions(world));
    }

    private static ProxyWorld World(int seed, bool proxyWaits) =>
        new(seed, shards: 2, loops: 2, capabilities: ProxyWorld.Redis with { SafeBlocking = !proxyWaits });

    private static byte[] Input(string state) => Commands(Inputs[state]);

    private static byte[] Commands(string lines) => Encoding.ASCII.GetBytes(lines.Replace("|", "\r\n", StringComparison.Ordinal) + "\r\n");

    private static void Play(ProxyWorld world, MemoryClient client, byte[] input, End end, bool bounded = true)
    {
        client.SendRaw(input);
        if (end == End.FinInTheSamePacket)
        {
            client.EndOutput();
        }
        else
        {
            world.Driver.Settle();
        }

        switch (end)
        {
            case End.FinLater:
                client.EndOutput();
                break;
            case End.Reset:
                client.Close();
                break;
            case End.Kill:
                world.Connect().Ask("CLIENT", "KILL", "ADDR", client.Address.ToString()!);
                break;
            case End.Drain:
                world.Driver.RunUntil(world.Plane.CloseListenerAsync(ProxyWorld.Database, 1, CloseReason.EndpointMoved, TimeSpan.FromSeconds(1)));
                break;
        }

        if (bounded && end != End.Drain)
        {
            world.Driver.RunUntil(() => client.Closed is not null, limitMs: 1_000);
        }

        if (end == End.Reset || end == End.Kill)
        {
            client.Close();
        }
    }

    private static void AssertNothingLeft(ProxyWorld world, string what)
    {
        foreach (FakeEngine engine in world.Engines)
        {
            world.Driver.RunUntil(() => engine.BlockedCount == 0);
        }

        world.Driver.Advance(1_000);
        List<string> left = [];
        foreach (ProxyLoop loop in world.Plane.Loops)
        {
            LoopDatabase database = loop.Databases[ProxyWorld.Database];
            left.AddRange(database.Sessions.Values
                .Where(static session => !IsHelper(session.State.LastCommand)).Select(static session => $"session ({session.Waits})"));
            foreach (LoopShard shard in database.Shards)
            {
                Note(shard.Dedicated.InUse, "dedicated links in use");
                Note(shard.Blocked.Count, "blocked calls");
                Note(shard.Passengers.Count, "passengers");
                Note(shard.AfterHold.Count, "waiting for the end of a hold");
                Note(shard.Outstanding, "replies owed");
                Note(shard.Hold?.ParkedCount ?? 0, "parked");
            }

            Note(database.AllLoops.BlockedClients, "clients counted as blocked");
            Note(database.AllLoops.ProxyWaiters.Any ? 1 : 0, "waiters");
        }

        Assert.True(left.Count == 0, $"{what}: {string.Join(", ", left)}");

        void Note(int count, string name)
        {
            if (count != 0)
            {
                left.Add($"{count} {name}");
            }
        }
    }

    /// <summary>The one that says CLIENT KILL stays.</summary>
    private static bool IsHelper(string lastCommand) => lastCommand == "client|kill";

    private static int Sessions(ProxyWorld world) => world.Plane.Loops.Sum(static loop => loop.Databases[ProxyWorld.Database].Sessions.Count);
}
