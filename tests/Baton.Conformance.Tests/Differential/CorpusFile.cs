namespace Baton.Conformance.Tests.Differential;

/// <summary>
/// Scripts that people wrote, in <c>Corpus/*.txt</c>:
/// <code>
/// == a title                       begins a script; "== title [resp2 multi]" plays it in these forms only
/// set {t}k v                       one command, one reply; connection A
/// B: get {t}k                      on connection B
/// 3&lt; subscribe a b c               three frames answer it
/// 0&lt; blpop {t}l 0                  none for now
/// 1&lt;                               reads one more
/// 0&lt; @blocked                     waits until a client is blocked
/// raw "*1\r\n$4\r\nPING\r\n"          bytes as they stand
/// # a comment
/// </code>
/// </summary>
public static class CorpusFile
{
    /// <summary>Waits until a client is blocked.</summary>
    public const string UntilBlocked = "@blocked";

    private static readonly Form[] Everywhere = [Form.Resp2, Form.Resp3];

    /// <summary>Every script of every file.</summary>
    public static IEnumerable<Script> All() =>
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Differential", "Corpus"), "*.txt").Order().SelectMany(Read);

    /// <summary>The scripts of one file.</summary>
    public static IEnumerable<Script> Read(string path)
    {
        var title = "";
        var forms = Everywhere;
        var steps = new List<Step>();
        foreach (var line in File.ReadLines(path).Append("== end").Select(line => line.Trim()))
        {
            if (!line.StartsWith("== ", StringComparison.Ordinal))
            {
                if (line.Length > 0 && line[0] != '#')
                {
                    steps.Add(Parse(line));
                }

                continue;
            }

            foreach (var form in steps.Count > 0 ? forms : [])
            {
                yield return Forms.Say(title, form, [.. steps]);
            }

            steps.Clear();
            (title, forms) = Title(line[3..]);
        }
    }

    private static (string, Form[]) Title(string line)
    {
        var bracket = line.IndexOf('[', StringComparison.Ordinal);
        return bracket < 0
            ? (line, Everywhere)
            : (line[..bracket].Trim(), [.. line[(bracket + 1)..].TrimEnd(']').Split(' ').Select(word => Enum.Parse<Form>(word, ignoreCase: true))]);
    }

    private static Step Parse(string line)
    {
        var connection = 'A';
        if (line.Length > 1 && line[1] == ':')
        {
            (connection, line) = (line[0], line[2..].TrimStart());
        }

        var frames = 1;
        if (line.Length > 1 && char.IsDigit(line[0]) && line[1] == '<')
        {
            (frames, line) = (line[0] - '0', line[2..].TrimStart());
        }

        var words = Quoting.Split(line);
        return words is ["raw", var bytes] ? new Step(connection, [], frames) { Raw = bytes } : new Step(connection, words, frames);
    }
}
