using Xunit;

namespace Baton.Client.Tests.Connections;

public sealed class ReplyWindowTests
{
    // Found here: the reader peeks at a command, somebody else closes the connection, the command ends and serves another caller, and gets the
    // reply that the reader still has in its hand.
    [Fact]
    public async Task A_command_the_reader_may_hold_is_not_used_again_after_the_window_was_closed()
    {
        var window = new ReplyWindow();
        var chunk = Chunk.Rent(100);
        var batch = Batch.Open(chunk);
        var command = PendingReply<bool>.Rent(ReplyReaders.Ok, CommandTraits.None, null);
        var reply = new ValueTask<bool>(command, command.Version);
        batch.Append(command, "*1\r\n$4\r\nPING\r\n"u8);
        window.Add(batch);
        var held = window.Peek();
        Assert.Same(command, held);

        Assert.Same(command, Assert.Single(window.Close()).Command.Command);
        command.TryFail(new RedisReplyException("closed"));
        command.Release();
        await Assert.ThrowsAsync<RedisReplyException>(async () => await reply);

        var others = Enumerable.Range(0, 100).Select(_ => PendingReply<bool>.Rent(ReplyReaders.Ok, CommandTraits.None, null)).ToList();
        Assert.DoesNotContain(held, others);
        held!.OnReply("+OK\r\n"u8, null);
        Assert.DoesNotContain(others, static other => other.IsEnded);
    }
}
