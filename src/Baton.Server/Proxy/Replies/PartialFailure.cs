using System.Text;

namespace Baton.Server.Proxy.Replies;

/// <summary>
/// What a client is told when a command that went to several shards failed: the engine's own error when all say the same, as one server would; otherwise
/// the first error, and on which shards it was not carried out.
/// </summary>
internal static class PartialFailure
{
    /// <summary>The error's frame; null when nothing failed.</summary>
    /// <param name="parts">The shards' answers.</param>
    /// <param name="others">What is to be said of the shards that answered without an error.</param>
    public static byte[]? Describe(IReadOnlyList<MergePart> parts, string others)
    {
        List<MergePart> failed = [.. parts.Where(static part => Frames.IsError(part.Reply.Front))];
        if (failed.Count == 0)
        {
            return null;
        }

        byte[] first = failed[0].Frame.ToArray();
        if (parts.Count == 1 || failed[0].Shard == 0 || (failed.Count == parts.Count && failed.TrueForAll(part => part.Frame.SequenceEqual(first))))
        {
            return first;
        }

        string text = ReplyValue.Parse(first).Text;
        int shards = parts.DistinctBy(static part => part.Shard).Count();
        string where = string.Join(", ", failed.Select(static part => part.Shard).Distinct());
        string rest = failed.Count == parts.Count ? "" : $"; {others}";
        return Encoding.UTF8.GetBytes($"-{text} (shard {where} of {shards}{rest})\r\n");
    }
}
