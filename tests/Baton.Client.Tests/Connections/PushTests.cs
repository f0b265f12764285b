using Baton.Client.Tests.Kit;
using Xunit;

namespace Baton.Client.Tests.Connections;

/// <summary>Conformance C 26 and 27: pushes among replies.</summary>
[Collection(VirtualTime.Name)]
public sealed class PushTests
{
    // C26, hard case 27
    [Theory]
    [InlineData(">4\r\n$6\r\nMOVING\r\n:-1\r\n:15\r\n_\r\n")]
    [InlineData(">4\r\n$6\r\nMOVING\r\n+x\r\n:15\r\n_\r\n")]
    [InlineData(">4\r\n$6\r\nMOVING\r\n:1\r\n:15\r\n$4\r\nhost\r\n")]
    [InlineData(">4\r\n$6\r\nMOVING\r\n:1\r\n:15\r\n*1\r\n$1\r\na\r\n")]
    [InlineData(">3\r\n$9\r\nMIGRATING\r\n:-1\r\n:2\r\n")]
    [InlineData(">2\r\n$7\r\nSMOVING\r\n:1\r\n")]
    [InlineData(">2\r\n$10\r\ninvalidate\r\n_\r\n")]
    [InlineData(">0\r\n")]
    [InlineData(">1\r\n_\r\n")]
    public async Task A_push_that_says_nothing_is_dropped_and_the_connection_survives(string push)
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Stall(true);
        var first = world.Client.ExecuteAsync<string>($"ECHO {"one"}").AsTask();
        world.A.Announce(push);
        world.A.Stall(false);

        Assert.Equal("one", await world.EndOfAsync(first));
        Assert.InRange((await Limits.OfNewCommandAsync(world)).TotalSeconds, 1, 1.1);
        Assert.Single(world.A.Connections);
    }

    // C25, C21: sent in other clothes, and understood.
    [Theory]
    [InlineData(">4\r\n$9\r\nMIGRATING\r\n$1\r\n0\r\n$1\r\n2\r\n_\r\n")]
    [InlineData(">4\r\n+migrating\r\n:0\r\n:2\r\n$4\r\n1000\r\n")]
    [InlineData(">3\r\n$9\r\nMIGRATING\r\n:0\r\n:2\r\n")]
    [InlineData(">2\r\n$12\r\nFAILING_OVER\r\n:0\r\n")]
    [InlineData(">5\r\n$12\r\nFAILING_OVER\r\n:0\r\n:-2\r\n_\r\n*1\r\n:1\r\n")]
    [InlineData(">1\r\n$12\r\nFAILING_OVER\r\n")]
    [InlineData(">3\r\n$10\r\nSMIGRATING\r\n:0\r\n$3\r\n123\r\n")]
    [InlineData(">3\r\n+SMIGRATING\r\n:0\r\n+what?\r\n")]
    public async Task An_opener_in_any_form_relaxes(string push)
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Announce(push);

        Assert.InRange((await Limits.OfNewCommandAsync(world)).TotalSeconds, 10, 10.1);
    }

    // C27, hard case 28: frames cut anywhere, pushes between any two replies.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public async Task Pushes_between_replies_in_any_pieces_disturb_nobody(int bytesAtOnce)
    {
        await using var world = new ClientWorld();
        world.A.Accepting = connection => connection.Transport.MostBytesAtOnce = bytesAtOnce;
        var sequence = 0;
        world.Database.Instead = (connection, words) =>
        {
            connection.Push(sequence++ % 2 == 0 ? Frames.Migrating(sequence, 2) : Frames.Migrated(sequence));
            return null;
        };
        await world.ConnectAsync();
        var replies = Enumerable.Range(0, 200).Select(number => (number, task: world.Client.ExecuteAsync<string>($"ECHO {number}").AsTask())).ToList();

        foreach (var (number, task) in replies)
        {
            Assert.Equal(number.ToString(), await world.EndOfAsync(task));
        }

        Assert.Equal(sequence, world.Log.Entries.Count(static entry => entry.Contains("heard Migrat", StringComparison.Ordinal)));
    }

    // C26: what is not RESP at all ends the connection, with the reason, and the next one serves.
    [Fact]
    public async Task Bytes_that_are_no_protocol_end_the_connection_with_its_reason()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Stall(true);
        var lost = world.Client.ExecuteAsync($"INCR {"n"}").AsTask();
        world.A.Newest.Push("?what\r\n");

        var failure = await world.FailureOfAsync<RedisConnectionException>(lost);
        Assert.Equal(CloseReason.ProtocolError, failure.Reason);
        Assert.Equal(CommandOutcome.MayHaveRun, failure.Outcome);
        Assert.True(await world.ServesAsync(world.A));
    }

    [Fact]
    public async Task A_reply_nobody_asked_for_ends_the_connection()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        world.A.Newest.Push("+OK\r\n");
        await ClientWorld.RestAsync();

        Assert.True(await world.ServesAsync(world.A));
        Assert.Equal(2, world.A.Connections.Count);
    }

    // Hard case 27: no pushes in RESP2.
    [Fact]
    public async Task RESP2_connections_never_opt_in()
    {
        await using var world = await ClientWorld.ConnectedAsync(options => options with { Protocol = RedisProtocol.Resp2 });

        Assert.False(world.A.Newest.HasOptedIn);
        Assert.Equal("x", await world.EndOfAsync(world.Client.ExecuteAsync<string>($"ECHO {"x"}")));
    }
}
