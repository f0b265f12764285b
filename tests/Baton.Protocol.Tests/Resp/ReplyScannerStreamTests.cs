using System.Globalization;
using Baton.Protocol.Resp;
using CsCheck;
using RESPite.Messages;

namespace Baton.Protocol.Tests.Resp;

/// <summary>However replies are cut, their frames end at the same places, and RESPite (another reader of RESP) sees the same ends.</summary>
public sealed class ReplyScannerStreamTests
{
    public static TheoryData<string> GoldenFrames => [.. Frames.Names("reply-")];

    [Theory]
    [MemberData(nameof(GoldenFrames))]
    public void A_stream_cut_at_any_byte_has_the_same_frames(string name)
    {
        var stream = Frames.Load(name);
        var whole = Ends(stream, []);
        Assert.Equal(stream.Length, whole[^1].End);

        for (var cut = 1; cut < stream.Length; cut++)
        {
            Assert.Equal(whole, Ends(stream, [cut]));
        }

        Assert.Equal(whole, Ends(stream, Enumerable.Range(1, stream.Length - 1)));
    }

    [Theory]
    [MemberData(nameof(GoldenFrames))]
    public void Frames_end_where_RESPite_sees_their_end(string name)
    {
        var stream = Frames.Load(name);

        Assert.Equal(EndsByRespite(stream), Ends(stream, []).Select(frame => frame.End));
    }

    [Fact]
    public void Random_replies_end_where_RESPite_sees_their_end() =>
        Replies.Array[1, 5].Sample(
            replies =>
            {
                var stream = Wire.Bytes(string.Concat(replies));
                var ends = Ends(stream, []);

                Assert.Equal(replies.Length, ends.Count);
                Assert.Equal(stream.Length, ends[^1].End);
                Assert.Equal(EndsByRespite(stream), ends.Select(frame => frame.End));
                Assert.Equal(ends, Ends(stream, Enumerable.Range(1, stream.Length - 1)));
            },
            iter: 3_000);

    [Fact]
    public void Random_bytes_are_judged_alike_however_they_are_cut() =>
        Noise.Sample(
            stream =>
            {
                var whole = Judge(stream, stream.Length);

                Assert.Equal(whole, Judge(stream, 1));
                Assert.Equal(whole, Judge(stream, 3));
            },
            iter: 20_000);

    private static Gen<string> Scalar =>
        Gen.OneOf(
            Gen.OneOf("+OK\r\n", "-ERR no\r\n", "_\r\n", "#t\r\n", "#f\r\n", ",1.25\r\n", "(123456789012345678901234567890\r\n", "$-1\r\n", "=8\r\ntxt:text\r\n", "!3\r\nERR\r\n"),
            Gen.Long.Select(number => string.Create(CultureInfo.InvariantCulture, $":{number}\r\n")),
            Gen.Byte.Array[0, 300].Select(bytes => string.Create(CultureInfo.InvariantCulture, $"${bytes.Length}\r\n{Wire.Text(bytes)}\r\n")));

    private static Gen<string> Replies => Gen.Recursive<string>((depth, self) => depth > 3 ? Scalar : Gen.Frequency((3, Scalar), (2, Aggregate(self))));

    private static Gen<byte[]> Noise =>
        Gen.OneOf(
            "+OK\r\n", "$3\r\nabc\r\n", "$3\r\n", "abc", "\r\n", "\r", "\n", "*2\r\n", "*1\r\n", "%1\r\n", "|1\r\n", "|0\r\n", "~0\r\n", ">1\r\n", "_\r\n", ":1\r\n", "$", "*", "-1\r\n", "9", "x", "$-1\r\n", "*-1\r\n", "=4\r\ntxt:\r\n")
        .Array[1, 12].Select(pieces => Wire.Bytes(string.Concat(pieces)));

    private static Gen<string> Aggregate(Gen<string> element) =>
        Gen.Select(Gen.OneOf('*', '~', '%'), element.Array[0, 4]).Select((type, elements) =>
        {
            var count = type == '%' ? elements.Length / 2 : elements.Length;
            var used = elements.Take(type == '%' ? count * 2 : count);
            return string.Create(CultureInfo.InvariantCulture, $"{type}{count}\r\n{string.Concat(used)}");
        });

    private static List<(int End, byte Kind)> Ends(byte[] stream, IEnumerable<int> cuts)
    {
        var scanner = new ReplyScanner();
        var ends = new List<(int End, byte Kind)>();
        var position = 0;
        foreach (var cut in cuts.Append(stream.Length))
        {
            while (position < cut)
            {
                var status = scanner.Scan(stream.AsSpan(position, cut - position), out var consumed);
                Assert.NotEqual(ScanStatus.Invalid, status);
                position += consumed;
                if (status == ScanStatus.Complete)
                {
                    ends.Add((position, scanner.Kind));
                }
                else
                {
                    Assert.Equal(cut, position);
                }
            }
        }

        return ends;
    }

    private static List<int> EndsByRespite(byte[] stream)
    {
        var ends = new List<int>();
        var position = 0;
        while (position < stream.Length)
        {
            var state = default(RespScanState);
            var complete = state.TryRead(stream.AsSpan(position), out var read);
            Assert.True(complete, $"RESPite sees no end of the frame at byte {position}");
            position += read;
            ends.Add(position);
        }

        return ends;
    }

    private static string Judge(byte[] stream, int pieceLength)
    {
        var scanner = new ReplyScanner();
        var frames = new List<int>();
        var position = 0;
        while (position < stream.Length)
        {
            var status = scanner.Scan(stream.AsSpan(position, Math.Min(pieceLength, stream.Length - position)), out var consumed);
            position += consumed;
            if (status == ScanStatus.Invalid)
            {
                return string.Join(" ", frames) + " " + scanner.Error;
            }

            if (status == ScanStatus.Complete)
            {
                frames.Add(position);
            }
        }

        return string.Join(" ", frames) + (scanner.InsideFrame ? " inside" : "");
    }
}
