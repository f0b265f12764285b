using System.Text.RegularExpressions;

namespace Baton.Conformance.Tests.Differential;

/// <summary>An answer that is not the plain server's.</summary>
public sealed partial record Difference(string Variant, string Script, Form Form, string Input, string Plain, string Ours)
{
    private const int LongestReply = 300;

    /// <summary>Both are alike but for the words of errors: their codes are the same.</summary>
    public bool IsOnlyOfWords { get; } = Codes(Plain) == Codes(Ours);

    /// <summary>The connection did not survive it, or the engine's: no list may pass over that by the way.</summary>
    public bool IsLoss { get; } = Ours.StartsWith('!') || Ours.Contains("upstream lost", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => $"{Form,-6} {Input}    [{Script}]\n         plain {Short(Plain)}\n         ours  {Short(Ours)}";

    private static string Short(string text) => text.Length > LongestReply ? text[..LongestReply] + "..." : text;

    private static string Codes(string text) => ErrorWords().Replace(text, "$1");

    // -"ERR no such key" -> -ERR
    [GeneratedRegex("""(?<=-)"?([A-Z]+)(?: (?:[^"\\]|\\.)*")?""")]
    private static partial Regex ErrorWords();
}

/// <summary>
/// A difference that is known, or a kind of them:
/// <code>
/// client help                          this command, whatever it answers instead, unless a connection is lost
/// dbsize => *CROSSSLOT*                  only when it answers this
/// dbsize => ~                           only when errors have other words, but the same code
/// {multi eval} keys *                   only in these forms
/// </code>
/// </summary>
public sealed class ExpectedDifference
{
    private const string OtherWords = "~";
    private readonly ExpectedLine _line;
    private readonly Form[] _forms = Enum.GetValues<Form>();
    private readonly Glob _input;
    private readonly Glob? _ours;

    /// <summary>Reads a line.</summary>
    public ExpectedDifference(ExpectedLine line)
    {
        _line = line;
        var text = line.Text;
        if (text[0] == '{' && text.IndexOf("} ", StringComparison.Ordinal) is > 0 and var end && !text.StartsWith("{t}", StringComparison.Ordinal))
        {
            _forms = [.. text[1..end].Split(' ').Select(word => Enum.Parse<Form>(word, ignoreCase: true))];
            text = text[(end + 2)..];
        }

        var halves = text.Split(" => ", 2);
        _input = new Glob(halves[0], ignoreCase: true);
        _ours = halves is [_, not OtherWords] ? new Glob(halves[1], ignoreCase: false) : null;
        IsOnlyOfWords = halves is [_, OtherWords];
    }

    /// <summary>The list.</summary>
    public static IReadOnlyList<ExpectedDifference> All { get; } =
        [.. ExpectedList.Read("Differential", "expected.txt").Select(line => new ExpectedDifference(line))];

    /// <summary>For failures.</summary>
    public string Name => $"{_line.Place} {_line.Text}";

    private bool IsOnlyOfWords { get; }

    /// <summary>It need not be met.</summary>
    public bool IsChance => _line.IsChance;

    /// <summary>True when it is about this cluster.</summary>
    public bool IsOf(string variant) => _line.IsOf(variant);

    /// <summary>True when it names this one.</summary>
    public bool Explains(Difference difference) =>
        _line.IsOf(difference.Variant) && _forms.Contains(difference.Form) && (!IsOnlyOfWords || difference.IsOnlyOfWords)
        && _input.Matches(difference.Input) && (_ours is null ? !difference.IsLoss : _ours.Matches(difference.Ours));
}
