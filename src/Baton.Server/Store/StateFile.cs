using System.Text;
using System.Text.Json;
using Baton.Cluster.Model;

namespace Baton.Server.Store;

/// <summary>
/// What a state file holds. Reading touches nothing; whatever is no whole state is refused with what was found and what to do.
/// </summary>
/// <param name="State">The last whole state; null when there is no file.</param>
/// <param name="WholeLength">Bytes up to the end of its last whole line. What follows is of a save that never returned.</param>
internal sealed record StateFile(ClusterState? State, long WholeLength)
{
    private const string Kind = "baton-cluster-state ";

    /// <summary>Reads the file.</summary>
    /// <exception cref="StoreException">It is there and is not a whole state of this version.</exception>
    public static StateFile Read(string path)
    {
        byte[]? bytes = ReadAll(path);
        if (bytes is null)
        {
            return new StateFile(null, 0);
        }

        RequireHeader(path, bytes);
        return Replay(path, bytes, StateLine.Header.Length);
    }

    /// <summary>What to do about a state that cannot be used.</summary>
    public static string Advice(string directory) =>
        $"Nothing was touched. `baton recover --data {directory}` shows what can be rebuilt from the instances' folders; "
        + "a copy of the file can be put back instead; to begin anew, name another directory with --data.";

    private static byte[]? ReadAll(string path)
    {
        if (Directory.Exists(path))
        {
            throw Unusable(path, "is a folder, where the file with the cluster's state should be");
        }

        try
        {
            return File.Exists(path) ? File.ReadAllBytes(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, $"cannot be read ({e.Message})", e);
        }
    }

    private static void RequireHeader(string path, byte[] bytes)
    {
        byte[] header = Encoding.ASCII.GetBytes(StateLine.Header);
        if (bytes.AsSpan().StartsWith(header))
        {
            return;
        }

        if (bytes.Length == 0)
        {
            throw Unusable(path, "is empty");
        }

        if (header.AsSpan().StartsWith(bytes))
        {
            throw Unusable(path, "is torn in its first line");
        }

        string first = Encoding.ASCII.GetString(bytes, 0, Math.Min(bytes.Length, Kind.Length + 10)).Split('\n')[0];
        throw first.StartsWith(Kind, StringComparison.Ordinal)
            ? new StoreException(
                $"{path} is of another version of Baton: its format is {first[Kind.Length..]}, this program's is "
                + $"{StateLine.Header[Kind.Length..].TrimEnd()}. Nothing was touched. Start it with the version that wrote it.") { OfAnotherVersion = true }
            : Unusable(path, $"is not a state file (it must begin with '{StateLine.Header.TrimEnd()}')");
    }

    private static StateFile Replay(string path, ReadOnlySpan<byte> bytes, int offset)
    {
        ClusterState? state = null;
        int number = 1;
        while (offset < bytes.Length)
        {
            number++;
            int length = bytes[offset..].IndexOf((byte)'\n');
            if (length < 0)
            {
                break; // Torn: the process died while it saved.
            }

            ReadOnlySpan<byte> line = bytes.Slice(offset, length);
            if (line.ContainsAnyExcept((byte)' '))
            {
                state = Apply(path, line, number, offset, state);
            }

            offset += length + 1;
        }

        return state is null ? throw Unusable(path, "is torn in its first line") : new StateFile(state, offset);
    }

    private static ClusterState Apply(string path, ReadOnlySpan<byte> line, int number, int offset, ClusterState? state)
    {
        try
        {
            return (StateLine.Read(line) ?? throw Damaged(path, number, offset, state)).ApplyTo(state);
        }
        catch (JsonException e)
        {
            throw new StoreException(
                $"{path} is whole, but line {number} says what this version does not know ({e.Message}): a newer one wrote it. "
                + "Nothing was touched. Start it with the version that wrote it.", e) { OfAnotherVersion = true };
        }
    }

    private static StoreException Damaged(string path, int number, int offset, ClusterState? lastGood) => lastGood is null
        ? Unusable(path, $"is damaged in line {number} (byte {offset}), and no revision before it can be used")
        : Unusable(path, $"is damaged in line {number} (byte {offset}). The last good revision is {lastGood.Revision}; to go on from there, "
            + $"keep a copy of the file and cut it off at byte {offset}");

    private static StoreException Unusable(string path, string what, Exception? inner = null) =>
        new($"{path} {what}. {Advice(Path.GetDirectoryName(path)!)}", inner) { Found = $"{path} {what}" };
}
