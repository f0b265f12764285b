using Baton.Server.Engines;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Holds;

public sealed class WriteTapTests
{
    [Fact]
    public void Written_keys_are_recorded_with_their_database_and_reads_are_not()
    {
        ProxyWorld world = new(loops: 2);
        MemoryClient one = world.Connect();
        MemoryClient two = world.Connect();
        IWriteTap tap = world.Driver.RunUntil(world.Plane.AttachTapAsync(1));

        one.Send("SET", "a", "1").Send("GET", "b").Send("SELECT", "2").Send("INCR", "c").Send("MSET", "d", "1", "e", "2");
        two.Send("MULTI").Send("RPUSH", "f", "1").Send("DEL", "g", "h").Send("EXEC");
        one.Next(5);
        two.Next(4);

        WrittenKeys taken = world.Driver.RunUntil(tap.TakeAsync(CancellationToken.None));
        Assert.Equal(["0:a", "0:f", "0:g", "0:h", "2:c", "2:d", "2:e"], Names(taken));
        Assert.False(taken.WholeKeyspace);
        Assert.Empty(world.Driver.RunUntil(tap.TakeAsync(CancellationToken.None)).Keys);
    }

    [Theory]
    [InlineData("FLUSHALL")]
    [InlineData("FLUSHDB")]
    [InlineData("SWAPDB", "0", "1")]
    [InlineData("EVAL", "return 1", "0")]
    public void Whole_keyspace_writes_are_told_by_name(params string[] command)
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        IWriteTap tap = world.Driver.RunUntil(world.Plane.AttachTapAsync(1));

        client.Ask(command);

        WrittenKeys taken = world.Driver.RunUntil(tap.TakeAsync(CancellationToken.None));
        Assert.True(taken.WholeKeyspace);
        Assert.Equal(command[0], taken.Reason);
    }

    [Fact]
    public void A_set_is_handed_over_only_when_its_commands_are_answered()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("SET", "a", "0");
        IWriteTap tap = world.Driver.RunUntil(world.Plane.AttachTapAsync(1));
        world.Engines[0].Stall(true);
        client.Send("INCR", "a");
        world.Driver.Settle();

        Task<WrittenKeys> taking = tap.TakeAsync(CancellationToken.None);
        world.Driver.Settle();
        Assert.False(taking.IsCompleted);
        world.Engines[0].Stall(false);

        Assert.Equal(["0:a"], Names(world.Driver.RunUntil(taking)));
    }

    [Fact]
    public void A_tap_is_attached_only_when_what_nobody_recorded_is_answered()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        client.Ask("SET", "a", "0");
        world.Engines[0].Stall(true);
        client.Send("INCR", "a");
        world.Driver.Settle();

        Task<IWriteTap> attaching = world.Plane.AttachTapAsync(1);
        world.Driver.Settle();
        Assert.False(attaching.IsCompleted);
        world.Engines[0].Stall(false);
        world.Driver.RunUntil(attaching);
    }

    [Fact]
    public void A_blocked_pops_key_is_recorded_again_when_its_reply_comes_and_holds_nobody_up()
    {
        ProxyWorld world = new();
        MemoryClient waiter = world.Connect();
        IWriteTap tap = world.Driver.RunUntil(world.Plane.AttachTapAsync(1));
        waiter.Send("BLPOP", "q", "0");
        world.Driver.RunUntil(() => world.Engines[0].BlockedCount == 1);
        Assert.Equal(["0:q"], Names(world.Driver.RunUntil(tap.TakeAsync(CancellationToken.None))));

        world.Connect().Ask("RPUSH", "q", "x");
        waiter.Next();

        Assert.Equal(["0:q"], Names(world.Driver.RunUntil(tap.TakeAsync(CancellationToken.None))));
    }

    [Fact]
    public void After_disposal_nothing_is_recorded()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        IWriteTap tap = world.Driver.RunUntil(world.Plane.AttachTapAsync(1));
        world.Driver.RunUntil(tap.DisposeAsync().AsTask());

        Assert.Equal("+OK\r\n", client.Ask("SET", "a", "1"));
        IWriteTap second = world.Driver.RunUntil(world.Plane.AttachTapAsync(1));
        Assert.Empty(world.Driver.RunUntil(second.TakeAsync(CancellationToken.None)).Keys);
    }

    private static IEnumerable<string> Names(WrittenKeys taken) =>
        taken.Keys.Select(key => $"{key.Database}:{System.Text.Encoding.UTF8.GetString(key.Key)}").Order(StringComparer.Ordinal);
}
