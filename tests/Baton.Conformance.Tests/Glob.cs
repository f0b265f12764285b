using System.Text.RegularExpressions;

namespace Baton.Conformance.Tests;

/// <summary>A text with <c>*</c> for anything; alternatives are written <c>a|b</c>, the signs themselves <c>\*</c> and <c>\|</c>.</summary>
public sealed partial class Glob(string pattern, bool ignoreCase)
{
    private readonly Regex _regex = new(
        $"^(?:{Parts().Replace(pattern, part => part.Value switch
        {
            "*" => ".*",
            "|" => "|",
            _ => Regex.Escape(part.Value.TrimStart('\\')),
        })})$",
        RegexOptions.Singleline | RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None));

    /// <summary>True when the whole text matches.</summary>
    public bool Matches(string text) => _regex.IsMatch(text);

    [GeneratedRegex(@"\\.|[^*|\\]+|\*|\|")]
    private static partial Regex Parts();
}
