using System.Text;
using Baton.Protocol.Resp;
using CsCheck;

namespace Baton.Protocol.Tests.Resp;

/// <summary>However a stream is cut, the same commands come out of it.</summary>
public sealed class RequestScannerStreamTests
{
    private static readonly RespLimits SmallLimits = new(MaxBulkLength: 40, MaxArguments: 6, MaxInlineLength: 30, MaxRequestLength: 90);

    public static TheoryData<string> GoldenFrames => [.. Frames.Names("request-"), .. Frames.Names("session-")];

    [Theory]
    [MemberData(nameof(GoldenFrames))]
    public void A_stream_cut_at_any_byte_holds_the_same_commands(string name)
    {
        var stream = Frames.Load(name);
        var whole = Wire.Commands(stream, []);

        for (var cut = 1; cut < stream.Length; cut++)
        {
            Assert.Equal(whole, Wire.Commands(stream, [cut]));
        }

        Assert.Equal(whole, Wire.Commands(stream, Enumerable.Range(1, stream.Length - 1)));
    }

    [Fact]
    public void Every_refused_frame_is_refused_alike_at_every_cut()
    {
        string[] refused =
        [
            "*x\r\n", "*7\r\n", "*1\r\nPING\r\n", "*1\r\n$-1\r\n", "*1\r\n$41\r\n", "*1\r\n$4\r\nPINGxx", "*2\r\n$4\r\nPING\r\n$4\r\nabcd\rx",
            "ECHO \"a\"b\r\n", "ECHO 0123456789012345678901234567890\r\n", "*0123456789012345678901234567890\r\n",
            "*1\r\n$0123456789012345678901234567890\r\n", "*3\r\n$40\r\n0123456789012345678901234567890123456789\r\n$39\r\n",
        ];
        foreach (var frame in refused)
        {
            var stream = Wire.Bytes("PING\r\n" + frame);
            var whole = Wire.Commands(stream, [], SmallLimits);
            Assert.StartsWith("error: ", whole[^1], StringComparison.Ordinal);

            for (var cut = 1; cut < stream.Length; cut++)
            {
                Assert.Equal(whole, Wire.Commands(stream, [cut], SmallLimits));
            }

            Assert.Equal(whole, Wire.Commands(stream, Enumerable.Range(1, stream.Length - 1), SmallLimits));
        }
    }

    [Fact]
    public void Random_commands_come_back_as_they_were_sent() =>
        Gen.Select(Commands, Gen.Int[0, int.MaxValue]).Sample(
            (commands, seed) =>
            {
                var stream = commands.SelectMany(command => Wire.Command(command)).ToArray();
                var expected = commands.Select(command => string.Join("|", command)).Append("left over: 0");

                Assert.Equal(expected, Wire.Commands(stream, RandomCuts(stream.Length, seed)));
            },
            iter: 3_000);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Random_bytes_are_judged_alike_however_they_are_cut(bool smallLimits)
    {
        var limits = smallLimits ? SmallLimits : RespLimits.Default;
        Gen.Select(Noise, Gen.Int[0, int.MaxValue]).Sample(
            (stream, seed) =>
            {
                var whole = Wire.Commands(stream, [], limits);

                Assert.Equal(whole, Wire.Commands(stream, RandomCuts(stream.Length, seed), limits));
                Assert.Equal(whole, Wire.Commands(stream, Enumerable.Range(1, Math.Max(0, stream.Length - 1)), limits));
            },
            iter: 20_000);
    }

    private static Gen<string[][]> Commands =>
        Gen.Byte.Array[0, 120].Select(bytes => Encoding.Latin1.GetString(bytes)).Array[1, 8].Array[1, 6];

    /// <summary>Pieces that look like RESP, and some that do not, so that random streams get past the first byte.</summary>
    private static Gen<byte[]> Noise =>
        Gen.OneOf(
            Gen.OneOf("*", "$", "\r\n", "\n", "\r", "*1\r\n", "*2\r\n", "*0\r\n", "*-1\r\n", "$3\r\nGET\r\n", "$1\r\nk\r\n", "$0\r\n\r\n", "PING\r\n", "'", "\"", "\\x41", " "),
            Gen.OneOf("$4\r\nPING\r\n", "$10\r\n0123456789\r\n", "9", "0", "-", "GET k\r\n", "\0", "\u00ff"))
        .Array[1, 12].Select(pieces => Wire.Bytes(string.Concat(pieces)));

    private static IEnumerable<int> RandomCuts(int length, int seed)
    {
        var random = new Random(seed);
        for (var cut = random.Next(1, 20); cut < length; cut += random.Next(1, 20))
        {
            yield return cut;
        }
    }
}
