namespace Baton.Conformance.Tests;

/// <summary>One line of a list of expected differences.</summary>
/// <param name="Place">Where it stands, for failures.</param>
/// <param name="Variants">The clusters it is about, <c>*</c> standing for anything.</param>
/// <param name="Reason">Why it is so, for people.</param>
/// <param name="Text">What differs.</param>
/// <param name="IsChance">It differs only at times, and need not be met.</param>
/// <param name="IsLeftOut">It is not even tried, for when it differs nothing behind it can be told.</param>
public sealed record ExpectedLine(string Place, IReadOnlyList<string> Variants, string Reason, string Text, bool IsChance, bool IsLeftOut)
{
    /// <summary>True when it is about this cluster.</summary>
    public bool IsOf(string variant) => Variants.Any(each => new Glob(each, ignoreCase: false).Matches(variant));
}

/// <summary>
/// Lists of what is known to differ from a plain server, as text:
/// <code>
/// # a comment
/// [redis shards*] The reason for the lines that follow.
/// what differs
/// ? what differs at times: two connections have no order between them
/// ! what is left out: a test that fails in its middle and leaves its connection to those behind it
/// </code>
/// The README's section on differences is made from the reasons, so they are sentences for people.
/// </summary>
public static class ExpectedList
{
    /// <summary>Reads one, from the folder of the tests' program.</summary>
    public static IReadOnlyList<ExpectedLine> Read(params string[] path)
    {
        string[] variants = [];
        var reason = "";
        var lines = new List<ExpectedLine>();
        foreach (var (line, number) in File.ReadLines(Path.Combine([AppContext.BaseDirectory, .. path])).Select((line, index) => (line, index + 1)))
        {
            if (line.StartsWith('[') && line.IndexOf("] ", StringComparison.Ordinal) is > 0 and var end)
            {
                (variants, reason) = (line[1..end].Split(' '), line[(end + 1)..].Trim());
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                lines.Add(new ExpectedLine($"{path[^1]}:{number}", variants, reason, line.TrimStart('?', '!').TrimStart(), line[0] == '?', line[0] == '!'));
            }
        }

        return lines;
    }
}
