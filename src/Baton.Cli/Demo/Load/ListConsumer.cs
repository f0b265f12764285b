using Baton.Cli.Demo.Model;

namespace Baton.Cli.Demo.Load;

/// <summary>Takes elements with a blocking pop; most of the time it waits.</summary>
internal sealed class ListConsumer(string key, int id, ListModel model, ILoadClient client, LoadStatistics statistics)
    : LoadWorker(client, statistics)
{
    // Shorter than any announced time, so that a handoff can wait for a blocked pop to end by itself.
    private const string SecondsBlocked = "1";

    /// <inheritdoc/>
    protected override string Name => $"BLPOP {key}";

    /// <inheritdoc/>
    protected override async Task StepAsync()
    {
        var replies = await TryExecuteAsync([["BLPOP", key, SecondsBlocked]], measured: false);
        if (replies?[0].Items is [var list, var element])
        {
            model.Popped(id, list.Text == key ? element.Text! : $"(from {list.Text})");
        }
    }
}
