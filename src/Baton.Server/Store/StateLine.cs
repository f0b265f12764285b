using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Baton.Server.Store;

/// <summary>
/// One line of the state file: <c>SSSSSSSS {json}\n</c>, where <c>SSSSSSSS</c> is a checksum of the JSON in eight hexadecimal digits.
/// </summary>
internal static class StateLine
{
    /// <summary>First line of every state file; the number is the format's version.</summary>
    public const string Header = "baton-cluster-state 1\n";

    private const int ChecksumLength = 8;

    public static byte[] Write(StateChange change) => Frame(JsonSerializer.SerializeToUtf8Bytes(change, StateChangeJson.Default.StateChange));

    /// <summary>A line with this JSON.</summary>
    internal static byte[] Frame(byte[] json)
    {
        byte[] line = new byte[ChecksumLength + 1 + json.Length + 1];
        Encoding.ASCII.GetBytes(Checksum(json).ToString("x8", null), line);
        line[ChecksumLength] = (byte)' ';
        json.CopyTo(line, ChecksumLength + 1);
        line[^1] = (byte)'\n';
        return line;
    }

    /// <summary>Reads a line without its newline; null when its checksum does not fit.</summary>
    public static StateChange? Read(ReadOnlySpan<byte> line)
    {
        if (line.Length <= ChecksumLength + 1
            || !Utf8Parser.TryParse(line[..ChecksumLength], out uint stored, out int used, 'x') || used != ChecksumLength)
        {
            return null;
        }

        ReadOnlySpan<byte> json = line[(ChecksumLength + 1)..];
        return Checksum(json) == stored ? JsonSerializer.Deserialize(json, StateChangeJson.Default.StateChange) : null;
    }

    /// <summary>FNV-1a: tells a damaged line from a whole one. Not meant against forgery.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint hash = 2166136261;
        foreach (byte value in bytes)
        {
            hash = (hash ^ value) * 16777619;
        }

        return hash;
    }
}
