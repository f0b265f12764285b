using System.Collections;
using System.Globalization;
using System.Text;
using Xunit;

namespace Baton.Client.Tests.Commands;

/// <summary>One row of a table: what a method sends, and what it makes of replies.</summary>
internal static class CommandCheck
{
    /// <summary>The method sends exactly this, and each of the replies (RESP2's and RESP3's) becomes the same result.</summary>
    public static async Task Is<T>(Func<RedisCommands, ValueTask<T>> call, string sent, string result, params string[] replies)
    {
        foreach (var reply in replies)
        {
            var commands = new ScriptedCommands(reply);
            var got = Show(await call(commands));

            Assert.Equal(sent, Assert.Single(commands.Sent));
            Assert.Equal(result, got);
        }
    }

    /// <summary>Results as text: <c>[a, b]</c>, <c>k=v</c>, <c>nil</c>.</summary>
    public static string Show(object? value) => value switch
    {
        null => "nil",
        string text => text,
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        bool or long or int or Enum or RedisKey or RedisReply => value.ToString()!,
        double number => number.ToString(CultureInfo.InvariantCulture),
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        KeyValuePair<string, string> pair => $"{pair.Key}={pair.Value}",
        KeyValuePair<string, long> pair => $"{pair.Key}={pair.Value}",
        KeyValuePair<string, byte[]> pair => $"{pair.Key}={Show(pair.Value)}",
        IDictionary pairs => $"{{{string.Join(", ", pairs.Keys.Cast<object>().Select(key => $"{key}={Show(pairs[key])}"))}}}",
        ScoredMember<string> member => $"{member.Member}:{Show(member.Score)}",
        StreamEntry entry => $"{entry.Id}{Show(entry.Fields)}",
        StreamEntries entries => $"{entries.Key}{Show(entries.Entries)}",
        ClaimedEntries claimed => $"{claimed.Next} {Show(claimed.Entries)} {Show(claimed.Deleted)}",
        ClaimedIds claimed => $"{claimed.Next} {Show(claimed.Ids)}",
        PendingSummary pending => $"{pending.Count} {Show(pending.Lowest)} {Show(pending.Highest)} {Show(pending.Consumers)}",
        PoppedElements popped => $"{popped.Key}{Show(popped.Elements)}",
        PoppedMembers popped => $"{popped.Key}{Show(popped.Members)}",
        KeyedElement element => $"{element.Key}={element.Text}",
        LcsMatches matches => $"{matches.Length} {Show(matches.Matches)}",
        LcsMatch match => $"{match.First}/{match.Second}+{match.Length}",
        GeoPosition position => $"{Show(position.Longitude)}/{Show(position.Latitude)}",
        GeoMatch match => $"{match.Member} {Show(match.Distance)} {Show(match.Position)}",
        MemberRank rank => $"{rank.Rank}:{Show(rank.Score)}",
        FunctionLibrary library => $"{library.Name} {library.Engine} {Show(library.Functions)}",
        SlowLogEntry entry => $"{entry.Id} {Show(entry.Time)} {Show(entry.Duration)} {Show(entry.Arguments)} {entry.Client} {entry.ClientName}",
        ScanPage<RedisKey> page => $"{page.Cursor} {Show(page.Items)}",
        StreamInfo info => $"{info.Length} {info.Groups} {info.LastGeneratedId} {Show(info.EntriesAdded)} {Show(info.First)} {Show(info.Last)}",
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Show))}]",
        _ => value.ToString()!,
    };
}
