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
            int take = random.Next(8) == 0 ? buffer.Length : random.Next(buffer.Length + 1);
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
}
