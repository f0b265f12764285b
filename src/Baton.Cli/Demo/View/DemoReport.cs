using System.Text.Json;
using System.Text.Json.Serialization;
using Baton.Cli.Demo.Load;
using Baton.Cli.Demo.Operations;

namespace Baton.Cli.Demo.View;

/// <summary>The verdict, for programs. Field names are those of the JSON, in camel case.</summary>
internal sealed record DemoReport
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary><c>garnet</c> or <c>redis</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>Nodes of the cluster.</summary>
    public required int Nodes { get; init; }

    /// <summary>Master shards of the database.</summary>
    public required int Shards { get; init; }

    /// <summary>How long the load ran.</summary>
    public required double Seconds { get; init; }

    /// <summary>What all choices were made from.</summary>
    public required int Seed { get; init; }

    /// <summary>True when everything that must be zero is, and every operation completed or is unsupported.</summary>
    public required bool Passed { get; init; }

    /// <summary>Commands answered.</summary>
    public required long Commands { get; init; }

    /// <summary>See <see cref="VerdictCounts"/>.</summary>
    public required long Failed { get; init; }

    /// <summary>See <see cref="VerdictCounts"/>.</summary>
    public required long Lost { get; init; }

    /// <summary>See <see cref="VerdictCounts"/>.</summary>
    public required long Duplicated { get; init; }

    /// <summary>See <see cref="VerdictCounts"/>.</summary>
    public required long OutOfOrder { get; init; }

    /// <summary>See <see cref="VerdictCounts"/>.</summary>
    public required long UnannouncedDisconnects { get; init; }

    /// <summary>Each kind of operation.</summary>
    public required IReadOnlyList<OperationRow> Operations { get; init; }

    /// <summary>While operations ran.</summary>
    public LatencyFigures? LatencyMs { get; init; }

    /// <summary>In the quiet time before.</summary>
    public LatencyFigures? BaselineLatencyMs { get; init; }

    /// <summary>Each kind of client.</summary>
    public required IReadOnlyList<ClientRow> Clients { get; init; }

    /// <summary>Maintenance notifications received, over all connections.</summary>
    public required IReadOnlyDictionary<string, long> Notifications { get; init; }

    /// <summary>Of what is not zero: the first in words.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>What it ran on.</summary>
    public required MachineRow Machine { get; init; }

    /// <summary>The versions of what took part.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>As indented JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Format);

    /// <summary>One kind of operation.</summary>
    internal sealed record OperationRow(string Name, string Status, double? HoldMs, int Runs, double LongestSeconds, string? Reason)
    {
        /// <summary>From its totals.</summary>
        public static OperationRow From(OperationTotals totals) => new(
            totals.Name, totals.Status, totals.HoldMs, totals.Runs, Math.Round(totals.Longest.TotalSeconds, 2), totals.Reason);
    }

    /// <summary>One kind of client.</summary>
    internal sealed record ClientRow(
        string Client,
        long Connections,
        long Commands,
        long Messages,
        long Failed,
        long Handoffs,
        long UnannouncedDisconnects,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Note)
    {
        /// <summary>From its statistics.</summary>
        public static ClientRow From(ClientStatistics row) => new(
            row.Client, row.Connections, row.Commands, row.Messages, row.Failed, row.Handoffs, row.UnannouncedDisconnects, Note: null);
    }

    /// <summary>What it ran on.</summary>
    internal sealed record MachineRow(int Cores, string OperatingSystem, string Runtime);
}
