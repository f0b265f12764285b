using System.Text.RegularExpressions;

namespace Baton.Conformance.Tests.RedisSuite;

/// <summary>How one test of the suite ended.</summary>
/// <param name="Passed">It printed <c>[ok]</c>.</param>
/// <param name="Detail">Why not.</param>
public sealed record SuiteOutcome(bool Passed, string Detail);

/// <summary>What one run printed: <c>unit: test</c> to outcome. A name that comes again is counted (<c>#2</c>).</summary>
public static partial class SuiteResult
{
    /// <summary>Reads the output of one unit.</summary>
    public static IEnumerable<KeyValuePair<string, SuiteOutcome>> Read(string unit, IEnumerable<string> lines)
    {
        var times = new Dictionary<string, int>();
        string? failing = null;
        var detail = new List<string>();
        foreach (var line in lines.Select(line => Colour().Replace(line, "")).Append("[done]: "))
        {
            var match = Verdict().Match(line);
            if (!match.Success)
            {
                detail.Add(line);
                continue;
            }

            if (failing is not null)
            {
                yield return KeyValuePair.Create(failing, new SuiteOutcome(false, string.Join(' ', detail)));
            }

            detail.Clear();
            var name = match.Groups["name"].Value;
            failing = null;
            if (match.Groups["verdict"].Value is "ok")
            {
                yield return KeyValuePair.Create(Counted($"{unit}: {Elapsed().Replace(name, "")}"), new SuiteOutcome(true, ""));
            }
            else if (match.Groups["verdict"].Value is "err")
            {
                failing = Counted($"{unit}: {File().Replace(name, "")}");
            }
        }

        string Counted(string key)
        {
            var count = times[key] = times.GetValueOrDefault(key) + 1;
            return count == 1 ? key : $"{key} #{count}";
        }
    }

    [GeneratedRegex(@"\x1b\[[0-9;]*m")]
    private static partial Regex Colour();

    [GeneratedRegex(@"^\[(?:\d+/\d+ )?(?<verdict>ok|err|exception|ignore|skip|done|ready|testing)\]: ?(?<name>.*)$")]
    private static partial Regex Verdict();

    [GeneratedRegex(@" \(\d+ ms\)$")]
    private static partial Regex Elapsed();

    [GeneratedRegex(@" in tests/[\w/-]+\.tcl$")]
    private static partial Regex File();
}
