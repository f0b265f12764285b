using System.Runtime.CompilerServices;
using System.Text;
using Baton.Cluster.Tests.Scenarios.Verbs;

namespace Baton.Cluster.Tests.Scenarios;

/// <summary>
/// Scripts of commands and what they lead to. <c>BATON_REWRITE_SCENARIOS=1</c> writes the transcripts anew; only commit the changes when
/// you know what caused them.
/// </summary>
public sealed class ScenarioTests
{
    private static readonly Dictionary<string, IScenarioVerb> Verbs = new IScenarioVerb[]
    {
        new CreateVerb(), new MigrateVerb(), new FailoverVerb(), new BindVerb(), new DeleteVerb(), new RunVerb(), new TimerVerb(),
        new FailVerb(), new CrashVerb(), new KillVerb(), new ShowVerb(), new NodesVerb(), new SettleVerb(), new SetVerb(),
        new ConfigVerb(), new UpdateVerb(), new BloatVerb(),
    }.ToDictionary(v => v.Name);

    public static TheoryData<string> Scripts() =>
        [.. Directory.EnumerateFiles(Root(), "*.txt", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(Root(), p)).Order()];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void The_transcript_is_what_the_script_says(string script)
    {
        string path = Path.Combine(Root(), script);
        string expected = File.ReadAllText(path);

        string actual = Play(expected);

        if (Environment.GetEnvironmentVariable("BATON_REWRITE_SCENARIOS") == "1")
        {
            File.WriteAllText(path, actual);
        }
        else
        {
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void Every_operation_has_scripts() =>
        Assert.Equal(["bind", "configure", "create", "delete", "failover", "migrate", "renew", "unplanned-failover"],
            Scripts().Select(s => Path.GetDirectoryName(s.Data)).Distinct().Order());

    /// <summary>Blocks are separated by blank lines: comment lines with #, one command, then <c>----</c> and the transcript.</summary>
    private static string Play(string script)
    {
        ScenarioWorld world = new();
        StringBuilder played = new();
        foreach (string block in script.TrimEnd().Split("\n\n"))
        {
            string[] lines = block.Split('\n');
            string[] head = [.. lines.TakeWhile(l => l != "----")];
            played.Append(played.Length == 0 ? "" : "\n").AppendJoin('\n', head).Append('\n');
            if (head.LastOrDefault(l => !l.StartsWith('#')) is { Length: > 0 } command)
            {
                string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                Verbs[words[0]].Do(world, words[1..]);
                string transcript = world.TakeTranscript();
                played.Append("----\n").Append(transcript).Append(transcript.Length == 0 ? "" : "\n");
            }
        }

        return played.ToString();
    }

    private static string Root([CallerFilePath] string thisFile = "") => Path.GetDirectoryName(thisFile)!;
}
