using Baton.Server.Proxy;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Holds;

/// <summary>A WATCH in a move: EXEC answers null when a key was changed, whenever that was, and only then.</summary>
public sealed class WatchCarryTests
{
    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_write_right_behind_the_release_is_seen_by_every_watch(int seed)
    {
        ProxyWorld world = new(seed, loops: 3);
        MemoryClient writer = world.Connect();
        writer.Ask("SET", "k", "1");
        MemoryClient[] watchers = [.. Enumerable.Range(0, 6).Select(_ => world.Connect())];
        foreach (MemoryClient watcher in watchers)
        {
            watcher.Ask("WATCH", "k", "j");
        }

        IShardHold hold = world.Hold();
        FakeEngine next = world.Successor();
        hold.TryCommit();
        world.Driver.RunUntil(hold.SwitchAsync(world.TargetOf(next), CancellationToken.None));
        string[] write = (seed % 4) switch { 0 => ["SET", "k", "2"], 1 => ["FLUSHALL"], 2 => ["MSET", "x", "1", "j", "2"], _ => ["RPUSH", "j", "1"] };
        if (seed % 8 < 4)
        {
            writer.Send(write);
        }
        else
        {
            writer.Send("MULTI").Send(write).Send("EXEC");
        }

        world.Driver.RunUntil(hold.ReleaseAsync());
        world.Driver.RunUntil(() => writer.Frames.Count == (seed % 8 < 4 ? 1 : 3));

        Assert.All(watchers, watcher => Assert.Equal("*-1\r\n", watcher.Send("MULTI").Send("GET", "k").Send("EXEC").Next(3)[2]));
        Assert.Equal(0, world.Engines[0].Received.TakeWhile(command => !write[0].Equals(command.Split(' ')[0], StringComparison.Ordinal))
            .Count(command => command.StartsWith("WATCH", StringComparison.Ordinal)) - watchers.Length);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Moves_right_behind_one_another_hide_no_write_and_invent_none(int seed)
    {
        ProxyWorld world = new(seed, loops: 3);
        MemoryClient writer = world.Connect();
        writer.Ask("SET", "k", "1");
        MemoryClient[] watchers = [.. Enumerable.Range(0, 6).Select(_ => world.Connect())];
        foreach (MemoryClient watcher in watchers)
        {
            watcher.Ask("WATCH", "k");
        }

        for (int i = 0; i < 4; i++)
        {
            world.Switch();
        }

        bool writes = seed % 2 == 0;
        writer.Ask("SET", writes ? "k" : "other", "2");

        Assert.All(
            watchers,
            watcher => Assert.Equal(writes ? "*-1\r\n" : "*1\r\n$1\r\n1\r\n", watcher.Send("MULTI").Send("GET", "k").Send("EXEC").Next(3)[2]));
    }

    [Theory]
    [InlineData("SET", "other", "1")]
    [InlineData("GET", "k")]
    [InlineData("PUBLISH", "k", "m")]
    public void Whatever_changes_no_watched_key_lets_exec_through_and_waits_for_nothing(params string[] command)
    {
        ProxyWorld world = new(loops: 2);
        MemoryClient client = world.Connect();
        MemoryClient other = world.Connect();
        client.Ask("WATCH", "k");

        world.Switch();
        other.Ask(command);

        Assert.Equal("*1\r\n+OK\r\n", client.Send("MULTI").Send("SET", "k", "1").Send("EXEC").Next(3)[2]);
    }

    [Fact]
    public void A_change_before_the_hold_is_remembered_over_several_moves()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("WATCH", "k");
        world.Switch();
        world.Connect().Ask("SET", "k", "1");
        world.Switch();
        world.Switch();

        Assert.Equal("*-1\r\n", client.Send("MULTI").Send("SET", "k", "2").Send("EXEC").Next(3)[2]);
    }

    [Fact]
    public void Who_gives_up_its_watch_in_the_middle_lets_writers_go()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        MemoryClient other = world.Connect();
        client.Ask("WATCH", "k");
        IShardHold hold = world.Hold();
        FakeEngine next = world.Successor();
        hold.TryCommit();
        world.Driver.RunUntil(hold.SwitchAsync(world.TargetOf(next), CancellationToken.None));
        client.Close();
        other.Send("SET", "k", "1");

        world.Driver.RunUntil(hold.ReleaseAsync());

        Assert.Equal("+OK\r\n", other.Next());
    }
}
