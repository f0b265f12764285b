using System.Buffers;
using Baton.Protocol.Commands;
using Baton.Protocol.Resp;

namespace Baton.Protocol.Tests.Resp;

/// <summary>The path every command takes allocates nothing once it is warm.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 1_000;

    [Fact]
    public void Requests_are_scanned_looked_up_and_routed_without_allocating()
    {
        var stream = Wire.Bytes("*3\r\n$3\r\nSET\r\n$5\r\nkey:1\r\n$2\r\nvv\r\n*2\r\n$3\r\nget\r\n$120\r\n" + new string('k', 120) + "\r\nMGET a 'b' \"c\"\r\n"
            + "*5\r\n$11\r\nZUNIONSTORE\r\n$1\r\nd\r\n$1\r\n2\r\n$1\r\na\r\n$1\r\nb\r\n*3\r\n$6\r\nCLIENT\r\n$7\r\nSETNAME\r\n$1\r\nx\r\n");
        var scanner = new RequestScanner();
        Span<int> keys = stackalloc int[8];
        var found = 0;

        for (var pass = 0; pass < 2; pass++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var round = 0; round < Rounds; round++)
            {
                found += ScanAll(scanner, stream, keys);
            }

            Assert.True(pass == 0 || GC.GetAllocatedBytesForCurrentThread() == before);
        }

        Assert.Equal(2 * Rounds * 8, found);
    }

    [Fact]
    public void Replies_are_scanned_without_allocating()
    {
        var stream = Frames.Load("reply-resp3");
        var scanner = new ReplyScanner();

        for (var pass = 0; pass < 2; pass++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var round = 0; round < Rounds; round++)
            {
                for (var position = 0; position < stream.Length;)
                {
                    scanner.Scan(stream.AsSpan(position, Math.Min(7, stream.Length - position)), out var consumed);
                    position += consumed;
                }
            }

            Assert.True(pass == 0 || GC.GetAllocatedBytesForCurrentThread() == before);
        }

        Assert.False(scanner.InsideFrame);
    }

    [Fact]
    public void Frames_are_written_without_allocating()
    {
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        var value = new byte[5_000];

        for (var pass = 0; pass < 2; pass++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var round = 0; round < Rounds; round++)
            {
                output.ResetWrittenCount();
                RespWriter.WriteCommand(output, "SET", "key");
                RespWriter.WriteBulk(output, value);
                RespWriter.WriteError(output, "ERR no");
                RespWriter.WriteInteger(output, 12345);
                RespWriter.WriteNull(output, 3);
            }

            Assert.True(pass == 0 || GC.GetAllocatedBytesForCurrentThread() == before);
        }
    }

    /// <summary>Keys found in the whole stream: 1 + 1 + 3 + 3 + 0.</summary>
    private static int ScanAll(RequestScanner scanner, ReadOnlySpan<byte> stream, Span<int> keys)
    {
        var found = 0;
        while (!stream.IsEmpty && scanner.Scan(stream) == ScanStatus.Complete)
        {
            var command = CommandTable.Redis.Find(scanner.Argument(stream, 0), scanner.Argument(stream, 1));
            found += KeyFinder.Find(command!, scanner, stream, keys);
            stream = stream[scanner.FrameLength..];
        }

        return found;
    }
}
