using Baton.Server.Proxy.Io;
using Xunit;

namespace Baton.Server.Tests.Proxy.Io;

public sealed class OutputBufferTests
{
    [Fact]
    public void What_is_appended_and_consumed_in_random_pieces_comes_out_unchanged()
    {
        int seed = Environment.ProcessId;
        var random = new Random(seed);
        var buffer = new OutputBuffer(static _ => { });
        int written = 0;
        int read = 0;

        for (int i = 0; i < 20_000; i++)
        {
            byte[] piece = new byte[random.Next(0, 700)];
            for (int j = 0; j < piece.Length; j++)
            {
                piece[j] = (byte)written++;
            }

            buffer.Append(piece);
            int take = random.Next(8) == 0 ? (int)buffer.Length : random.Next((int)buffer.Length + 1);
            foreach (byte value in buffer.Pending[..take])
            {
                Assert.True(value == (byte)read++, $"byte {read - 1} (seed {seed})");
            }

            buffer.Consume(take);
        }

        Assert.Equal(written - read, buffer.Length);
    }

    [Fact]
    public void The_driver_is_told_once_until_it_has_taken_note()
    {
        int told = 0;
        var buffer = new OutputBuffer(_ => told++);

        buffer.Append("a"u8);
        buffer.Append("b"u8);
        buffer.Append([]);
        Assert.Equal(1, told);

        buffer.MarkClean();
        buffer.Append("c"u8);
        Assert.Equal(2, told);
    }

    [Fact]
    public void Large_pieces_come_out_unchanged_whether_consumed_moved_cut_off_or_joined()
    {
        int seed = Environment.ProcessId;
        var random = new Random(seed);
        var buffer = new OutputBuffer();
        var expected = new Queue<byte>();
        for (int i = 0; i < 60; i++)
        {
            byte[] piece = new byte[random.Next(8) switch { 0 => random.Next(3_000_000), < 4 => random.Next(400_000), _ => random.Next(2_000) }];
            random.NextBytes(piece);
            buffer.Append(piece);
            Array.ForEach(piece, expected.Enqueue);

            // What stands behind the cut never comes out.
            buffer.Append(new byte[random.Next(600_000)]);
            buffer.Truncate(expected.Count);
            if (random.Next(3) == 0)
            {
                var target = new OutputBuffer();
                target.Append("before"u8);
                buffer.MoveTo(target);
                Assert.Equal(0, buffer.Length);
                target.Consume(6);
                buffer = target;
            }

            if (random.Next(6) == 0)
            {
                Assert.True(buffer.Pending.SequenceEqual(expected.ToArray()), $"seed {seed}");
            }

            for (int left = random.Next((int)buffer.Length + 1); left > 0;)
            {
                ReadOnlySpan<byte> front = buffer.Front[..Math.Min(left, buffer.Front.Length)];
                foreach (byte value in front)
                {
                    Assert.True(value == expected.Dequeue(), $"seed {seed}");
                }

                left -= front.Length;
                buffer.Consume(front.Length);
            }

            Assert.Equal(expected.Count, buffer.Length);
        }
    }

    [Fact]
    public async Task What_was_large_goes_back_to_the_system_when_it_is_sent()
    {
        const int Total = 64 * 1024 * 1024;
        long before = SystemBlock.Total;
        var buffer = new OutputBuffer();
        buffer.Append(new byte[Total]);
        Assert.InRange(SystemBlock.Total, Total - OutputBuffer.BlockBytes, long.MaxValue);

        buffer.Consume(Total - 1);
        await DriverWorld.EventuallyAsync(() => SystemBlock.Total - before <= 2 * OutputBuffer.BlockBytes, "all but the last block are given back");
        buffer.Consume(1);
    }

    [Fact]
    public void A_huge_command_is_shared_with_the_output_and_not_copied()
    {
        var input = new InputBuffer();
        var output = new OutputBuffer();
        byte[] command = new byte[5_000_000];
        new Random(5).NextBytes(command);
        input.Append(command.AsSpan(0, 100));
        input.Want(command.Length);
        input.Append(command.AsSpan(100));
        input.Append("next"u8);

        OutputBuffer.Lend(input.FrontBlock);
        output.Append(input.Front[..command.Length]);
        OutputBuffer.Lend(null);
        Assert.True(input.FrontBlock!.IsShared);
        input.Consume(command.Length);
        input.Want(1);
        input.Append(new byte[100_000]);

        Assert.True(output.Front.SequenceEqual(command));
        Assert.Equal("next"u8.ToArray(), input.Front[..4].ToArray());
        output.Append("behind"u8);
        output.Consume(command.Length);
        Assert.Equal("behind"u8.ToArray(), output.Front.ToArray());
    }

    [Fact]
    public void Input_comes_out_unchanged_however_much_of_it_stands_together()
    {
        int seed = Environment.ProcessId;
        var random = new Random(seed);
        var input = new InputBuffer();
        int written = 0;
        int read = 0;
        for (int i = 0; i < 3_000; i++)
        {
            byte[] piece = new byte[random.Next(20) == 0 ? random.Next(300_000) : random.Next(3_000)];
            for (int j = 0; j < piece.Length; j++)
            {
                piece[j] = (byte)written++;
            }

            input.Append(piece);
            if (random.Next(2) == 0)
            {
                int wanted = random.Next(500_000);
                input.Want(wanted);
                Assert.True(input.Front.Length >= Math.Min(wanted, input.Length), $"seed {seed}");
            }

            int take = random.Next(input.Front.Length + 1);
            foreach (byte value in input.Front[..take])
            {
                Assert.True(value == (byte)read++, $"byte {read - 1} (seed {seed})");
            }

            input.Consume(take);
        }

        Assert.Equal(written - read, input.Length);
    }
}
