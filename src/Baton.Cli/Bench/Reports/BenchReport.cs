using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Baton.Cli.Output;

namespace Baton.Cli.Bench.Reports;

/// <summary>What every benchmark finds: on which machine, with which versions and settings, and which goals hold. Each adds its own figures.</summary>
/// <param name="Bench">Its name.</param>
internal abstract record BenchReport([property: JsonPropertyOrder(-5)] string Bench)
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>What it ran on.</summary>
    [JsonPropertyOrder(-4)]
    public IReadOnlyDictionary<string, object> Machine { get; } = BenchMachine.Facts();

    /// <summary>Versions by name.</summary>
    [JsonPropertyOrder(-3)]
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>How it was measured.</summary>
    [JsonPropertyOrder(-2)]
    public required IReadOnlyDictionary<string, object> Settings { get; init; }

    /// <summary>What was to be reached.</summary>
    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<BenchGoal> Goals { get; init; }

    /// <summary>All of it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, GetType(), Indented);

    /// <summary>For people.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine($"\n{Machine["cores"]} cores, {Machine["cpu"]}, Linux {Machine["kernel"]}, load average {Machine["loadAverage"]}");
        foreach (var (name, version) in Versions)
        {
            output.WriteLine($"{name}: {version}");
        }

        output.WriteLine();
        WriteFigures(output);
        var goals = new TextTable("goal", "value", "rule", "goal", "");
        foreach (var goal in Goals)
        {
            goals.Add(goal.Name, BenchText.Number(goal.Value, "0.00"), goal.Rule, BenchText.Number(goal.Goal, "0.00"), goal.Holds ? "holds" : "MISSED");
        }

        output.WriteLine(goals);
    }

    /// <summary>Its own tables.</summary>
    protected abstract void WriteFigures(TextWriter output);
}
