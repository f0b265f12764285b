using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Baton.Cli.Bench.Handoff.Clients;
using Baton.Cli.Bench.Handoff.Rows;
using Baton.Cli.Bench.Processes;
using Baton.Cli.Bench.Reports;

namespace Baton.Cli.Bench.Handoff;

/// <summary>
/// <c>baton bench handoff</c>: every row with every client, one after another within a row and each row beginning with another client. Rows that wait
/// much are played by all at the same time.
/// </summary>
internal sealed class HandoffBench(IReadOnlyList<HandoffRow> rows, IPEndPoint server, TextWriter people)
{
    private static readonly TimeSpan OtherProcessLimit = TimeSpan.FromMinutes(5);

    private readonly List<HandoffResult> _results = [];
    private int _runs;

    /// <exception cref="BenchException">There is no such row, a tool is missing, or something did not come up.</exception>
    public static async Task<HandoffReport> RunAsync(IReadOnlyCollection<string> ids, TextWriter people, CancellationToken cancellationToken)
    {
        var rows = HandoffRowCatalog.Select(ids);
        await BenchTools.EnsureAsync(["redis-server"], people, cancellationToken).ConfigureAwait(false);
        await using var server = await PlainRedis.StartAsync().ConfigureAwait(false);
        var results = await new HandoffBench(rows, server.Address, people).RunAsync(cancellationToken).ConfigureAwait(false);
        return await HandoffReport.MakeAsync(rows, results, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<HandoffResult>> RunAsync(CancellationToken cancellationToken)
    {
        // Every client moves once before: else the first row would measure the JIT.
        await people.WriteLineAsync("warming up").ConfigureAwait(false);
        var once = new HandoffRow("warm-up", "a move", static stage => MovingRows.MoveAsync(stage, 1));
        _ = await TogetherAsync(once, HandoffClientKind.All).ConfigureAwait(false);
        for (var i = 0; i < rows.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await people.WriteLineAsync($"{rows[i].Id}: {rows[i].What}").ConfigureAwait(false);
            await PlayAsync(rows[i], first: i, cancellationToken).ConfigureAwait(false);
        }

        return _results;
    }

    private async Task PlayAsync(HandoffRow row, int first, CancellationToken cancellationToken)
    {
        var kinds = HandoffClientKind.All;
        if (row.Id == UnnamedRows.V3 && Socket.OSSupportsIPv6)
        {
            await AddAsync(await ElsewhereAsync(row, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        }
        else if (row.IsLong)
        {
            await AddAsync(await TogetherAsync(row, kinds).ConfigureAwait(false)).ConfigureAwait(false);
        }
        else
        {
            for (var i = 0; i < kinds.Count; i++)
            {
                await AddAsync(await TogetherAsync(row, [kinds[(first + i) % kinds.Count]]).ConfigureAwait(false)).ConfigureAwait(false);
            }
        }
    }

    private Task<HandoffResult[]> TogetherAsync(HandoffRow row, IReadOnlyList<HandoffClientKind> kinds) =>
        Task.WhenAll(kinds.Select(kind => new HandoffRun(row, kind, server, ++_runs, TimeProvider.System).RunAsync()));

    // Whether a process has IPv6 is decided when it starts.
    private static async Task<HandoffResult[]> ElsewhereAsync(HandoffRow row, CancellationToken cancellationToken)
    {
        var (program, arguments) = BenchTools.Own("bench", "handoff", "--rows", row.Id, "--json", "-");
        var start = new ProcessStartInfo(program, arguments) { Environment = { ["DOTNET_SYSTEM_NET_DISABLEIPV6"] = "1" } };
        var output = await BenchTools.RunAsync(start, OtherProcessLimit, cancellationToken).ConfigureAwait(false);
        using var report = JsonDocument.Parse(output);
        return report.RootElement.GetProperty("results").Deserialize<HandoffResult[]>(JsonSerializerOptions.Web)!;
    }

    private async Task AddAsync(IReadOnlyList<HandoffResult> results)
    {
        _results.AddRange(results);
        foreach (var result in results)
        {
            var text = result.NotPlayedBecause is { } why
                ? $"not played: {why}"
                : $"failed {result.Failed}, longest gap {Milliseconds(result.LongestGapMs)}, before {Milliseconds(result.BaselineGapMs)}";
            await people.WriteLineAsync($"    {result.Client}: {text}").ConfigureAwait(false);
        }
    }

    private static string Milliseconds(double number) => BenchText.Number(number, "0") + " ms";
}
