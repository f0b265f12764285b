using System.Net;
using System.Text.Json;
using Baton.Cli.Bench.Processes;

namespace Baton.Cli.Bench.Clients;

/// <summary>The process of one client, seen from outside.</summary>
internal sealed class ClientProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LegLimit = TimeSpan.FromMinutes(15);

    private readonly ChildProcess _child;

    private ClientProcess(string name, ChildProcess child, IReadOnlyList<string> tests) => (Name, _child, Tests) = (name, child, tests);

    /// <summary>The library.</summary>
    public string Name { get; }

    /// <summary>What it can do.</summary>
    public IReadOnlyList<string> Tests { get; }

    /// <summary>Starts it and waits until it is connected.</summary>
    /// <exception cref="BenchException">It does not get there.</exception>
    public static async Task<ClientProcess> StartAsync(string name, IPEndPoint address, CancellationToken cancellationToken)
    {
        var (program, arguments) = BenchTools.Own("bench", ClientBench.WorkerVerb, name, $"{address}");
        var child = new ChildProcess(program, arguments) { EndsWhenAsked = true };
        try
        {
            var tests = await child.NextLineAsync(StartLimit, cancellationToken).ConfigureAwait(false);
            return new ClientProcess(name, child, JsonSerializer.Deserialize<string[]>(tests)!);
        }
        catch
        {
            await child.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>One leg.</summary>
    /// <exception cref="BenchException">It failed.</exception>
    public async Task<LegFigures> MeasureAsync(string order, CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize<LegFigures>(await _child.AskAsync(order, LegLimit, cancellationToken).ConfigureAwait(false))!;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _child.DisposeAsync();
}
