using Baton.Cli.Demo.Model;

namespace Baton.Cli.Demo.Load;

/// <summary>Pushes numbered elements.</summary>
internal sealed class ListProducer(string key, int id, ListModel model, ILoadClient client, LoadStatistics statistics)
    : LoadWorker(client, statistics)
{
    private long _number;

    /// <inheritdoc/>
    protected override string Name => $"RPUSH {key}";

    /// <inheritdoc/>
    protected override async Task StepAsync()
    {
        var number = ++_number;
        var replies = await TryExecuteAsync([["RPUSH", key, ListModel.Element(id, number)]]);
        if (replies is null || replies[0].IsError)
        {
            model.PushUnknown(id, number);
        }
        else
        {
            model.Pushed(id, number);
        }
    }
}
