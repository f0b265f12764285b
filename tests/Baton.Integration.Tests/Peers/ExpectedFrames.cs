namespace Baton.Integration.Tests.Peers;

/// <summary>
/// The notifications' bytes, written down here once more and by hand, so that the tests do not repeat the server's own mistakes:
/// <code>
/// >4 $6 MOVING       :seq :seconds $host:port | _
/// >4 $9 MIGRATING    :seq :seconds $["1", "2"]     >3 $8 MIGRATED     :seq $["1", "2"]
/// >4 $12 FAILING_OVER :seq :seconds $["1"]         >3 $11 FAILED_OVER :seq $["1"]
/// </code>
/// </summary>
internal static class ExpectedFrames
{
    public static readonly IReadOnlyList<string> Types = ["MOVING", "MIGRATING", "MIGRATED", "FAILING_OVER", "FAILED_OVER"];

    public static string Opener(string type, long sequence, int seconds, IEnumerable<int> shards) =>
        $">4\r\n{Bulk(type)}:{sequence}\r\n:{seconds}\r\n{Bulk(ShardList(shards))}";

    public static string Closer(string type, long sequence, IEnumerable<int> shards) =>
        $">3\r\n{Bulk(type)}:{sequence}\r\n{Bulk(ShardList(shards))}";

    public static string Moving(long sequence, int seconds, string? target) =>
        $">4\r\n{Bulk("MOVING")}:{sequence}\r\n:{seconds}\r\n{(target is null ? "_\r\n" : Bulk(target))}";

    private static string ShardList(IEnumerable<int> shards) => $"[{string.Join(", ", shards.Order().Select(shard => $"\"{shard}\""))}]";

    private static string Bulk(string text) => $"${text.Length}\r\n{text}\r\n";
}
